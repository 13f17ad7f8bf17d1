using System.Runtime.InteropServices;
using DePinChain.Engine;
using DePinChain.Signer;

using CancellationTokenSource stopping = new();

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopping.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return (int)await SignerVerbs.RunAsync(SignerOptions.Parse(args), Console.Out, stopping.Token);
}
catch (RefusalException refusal)
{
    await Console.Error.WriteLineAsync($"error: {refusal.Message}");
    return (int)refusal.Code;
}
