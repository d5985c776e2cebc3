// Lambda functions for CUSTOM_AUTH: a riddle, which may be answered twice.

export async function define(event) {
  const { session } = event.request;
  const solved = session.at(-1)?.challengeResult === true;
  const answer = { issueTokens: solved, failAuthentication: !solved && session.length >= 2 };
  event.response = { ...answer, challengeName: "CUSTOM_CHALLENGE" };
  return event;
}

export async function create(event) {
  const riddle = { question: "What has keys and opens nothing?" };
  event.response = {
    publicChallengeParameters: riddle,
    privateChallengeParameters: { answer: "a piano" },
    challengeMetadata: "RIDDLE",
  };
  return event;
}

export async function verify(event) {
  const { privateChallengeParameters, challengeAnswer } = event.request;
  event.response = { answerCorrect: challengeAnswer === privateChallengeParameters.answer };
  return event;
}
