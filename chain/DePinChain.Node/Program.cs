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
string? dataFolder = null;
try
{
    NodeOptions options = NodeOptions.Parse(args);
    dataFolder = options.DataFolder;
    await using Localnet localnet = Localnet.Open(options, TimeProvider.System, Console.Out);
    await localnet.RunAsync(stopping.Token);
    return (int)ExitCode.Success;
}
catch (Exception failure)
{
    (ExitCode code, string sentence) = Failures.Explain(failure, dataFolder);
    await Console.Error.WriteLineAsync($"error: {sentence}");
    return (int)code;
}
