// Posts the form of the page at once.
document.forms[0].submit();
