// Runs a handler for Lambda's Node.js runtime: an event a line in, an answer a line out.
const [file, name] = process.argv.slice(1);
const answer = process.stdout.write.bind(process.stdout);
// Only answers go to standard output: what the function prints goes to standard error.
process.stdout.write = process.stderr.write.bind(process.stderr);

const call = (handler, event) => new Promise((resolve, reject) => {
  const done = (error, result) => (error ? reject(error) : resolve(result));
  const deadline = Date.now() + 5000;
  const context = {
    functionName: name, functionVersion: "$LATEST", memoryLimitInMB: "128", awsRequestId: crypto.randomUUID(),
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done, succeed: resolve, fail: reject,
  };
  const promise = handler(event, context, done);
  if (typeof promise?.then === "function") promise.then(resolve, reject);
});

(async () => {
  const url = require("node:url").pathToFileURL(require("node:path").resolve(file));
  const module = await import(url);
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler !== "function") throw new Error(`${file} exports no function ${name}`);
  for await (const line of require("node:readline").createInterface({ input: process.stdin })) {
    let result;
    try {
      result = (await call(handler, JSON.parse(line))) ?? null;
    } catch (error) {
      console.error(error);
      result = { errorMessage: String(error?.message ?? error), errorType: error?.name ?? "Error" };
    }
    answer(JSON.stringify(result) + "\n");
  }
})();
