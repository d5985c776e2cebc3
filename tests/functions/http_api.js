// Behind an HTTP API: says who called what, in the form that the query asks for.
exports.handler = async (event) => {
  const caller = event.requestContext.authorizer?.jwt?.claims?.username;
  const seen = { caller, path: event.rawPath, id: event.pathParameters.id, query: event.queryStringParameters };
  switch (event.queryStringParameters?.answer) {
    case "bytes": return { statusCode: 201, headers: { "X-Odd": "yes" }, cookies: ["a=1"], body: "/wA=", isBase64Encoded: true };
    case "throw": throw new Error("no entry");
    case "odd": return { statusCode: "odd" };
    default: return seen;
  }
};
