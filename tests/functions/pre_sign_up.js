// PreSignUp: lets in who has an address of ours, and says more on the console than it should.
exports.handler = async (event) => {
  console.log("signing up", event.userName, JSON.stringify(event.request.validationData));
  if (!event.request.userAttributes.email.endsWith("@example.test")) throw new Error("Invalid email domain");
  event.response.autoConfirmUser = true;
  event.response.autoVerifyEmail = true;
  return event;
};
