"""Runs a handler for Lambda's Python runtime: an event a line in, an answer a line out."""
import importlib.util, json, os, sys, time, traceback, uuid

file, name = sys.argv[1:]
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
# Only answers go to standard output: what the function prints goes to standard error.
os.dup2(2, 1)
sys.stdout = sys.stderr
events = os.fdopen(0, encoding="utf-8")


class Context:
    function_name, function_version, memory_limit_in_mb = name, "$LATEST", 128

    def __init__(self):
        self.aws_request_id, self.deadline = str(uuid.uuid4()), time.monotonic() + 5

    def get_remaining_time_in_millis(self):
        return max(0, int((self.deadline - time.monotonic()) * 1000))


folder, base = os.path.split(os.path.abspath(file))
sys.path.insert(0, folder)
module_name = os.path.splitext(base)[0]
spec = importlib.util.spec_from_file_location(module_name, file)
module = sys.modules[module_name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
handler = getattr(module, name)

for line in events:
    try:
        text = json.dumps(handler(json.loads(line), Context()))
    except Exception as error:
        traceback.print_exc()
        text = json.dumps({"errorMessage": str(error), "errorType": type(error).__name__})
    answers.write(text + "\n")
    answers.flush()
