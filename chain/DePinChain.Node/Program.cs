using System.Runtime.InteropServices;
using DePinChain.Engine;
using DePinChain.Node;

using CancellationTokenSource stopping = new();

// Ctrl-C and SIGTERM are both a wish for a clean stop: the state stays and the exit code is 0.
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopping.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
Verbs verbs = new(stopping.Token);
try
{
    return (int)await verbs.RunAsync(args);
}
catch (Exception failure)
{
    (ExitCode code, string sentence) = Failures.Explain(failure, verbs.DataFolder);
    await Console.Error.WriteLineAsync($"error: {sentence}");
    return (int)code;
}
