// A question as a second way in: the three functions of CUSTOM_AUTH, with two tries.
exports.define = async (event) => {
  const tries = event.request.session;
  const passed = tries.some((round) => round.challengeResult);
  event.response.issueTokens = passed;
  event.response.failAuthentication = !passed && tries.length >= 2;
  if (!passed) event.response.challengeName = "CUSTOM_CHALLENGE";
  return event;
};

exports.create = (event, context, callback) => {
  event.response.publicChallengeParameters = { question: "Who goes there?" };
  event.response.privateChallengeParameters = { answer: "fr13nd" };
  console.error("the answer is", event.response.privateChallengeParameters.answer);
  callback(null, event);
};

exports.verify = async (event) => {
  console.error("somebody said", event.request.challengeAnswer);
  event.response.answerCorrect = event.request.challengeAnswer === event.request.privateChallengeParameters.answer;
  return event;
};
