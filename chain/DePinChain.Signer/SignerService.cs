using System.Net.Sockets;
using System.Text;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.Signer;

/// <summary>Answers one node at a time over a Unix socket that its owner alone may open.</summary>
internal static class SignerService
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan QuestionPatience = TimeSpan.FromSeconds(1);

    /// <summary>Serves until asked to stop.</summary>
    /// <exception cref="RefusalException">The socket cannot be opened.</exception>
    public static async Task RunAsync(ValidatorSigner signer, string path, TextWriter output, CancellationToken stopping)
    {
        using Socket listener = Listen(path);
        output.WriteLine($"signing for {signer.Address} at {path}, mark {signer.Mark.Slot}");
        Task? serving = null;
        try
        {
            while (true)
            {
                Socket client = await listener.AcceptAsync(stopping);
                if (serving is { IsCompleted: false }) _ = Task.Run(() => TurnAway(client, signer), CancellationToken.None);
                else serving = Task.Run(() => Serve(client, signer, output), CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            output.WriteLine($"stopped, mark {signer.Mark.Slot}");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Socket Listen(string path)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // The mark's lock is held: whoever left this name behind is gone.
            File.Delete(path);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, OwnerOnly);
            listener.Listen();
            return listener;
        }
        catch (Exception trouble) when (trouble is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            listener.Dispose();
            throw new RefusalException(
                ExitCode.LocalState, $"The socket {path} cannot be opened ({trouble.Message}); choose another with --socket.", trouble);
        }
    }

    // Two nodes with one key are the classic accident; the second is told, and the first goes on.
    private static void TurnAway(Socket client, ValidatorSigner signer)
    {
        client.ReceiveTimeout = (int)QuestionPatience.TotalMilliseconds;
        using NetworkStream stream = new(client, ownsSocket: true);
        try
        {
            // The question first: a line that is cut with unread bytes on it loses the answer.
            SignerFrames.Read(stream);
            SignerFrames.Write(stream, Fault(signer, "another node is connected").Encode());
        }
        catch (IOException)
        {
            // It did not wait for the answer.
        }
    }

    private static void Serve(Socket client, ValidatorSigner signer, TextWriter output)
    {
        using NetworkStream stream = new(client, ownsSocket: true);
        try
        {
            while (SignerFrames.Read(stream) is { } frame) SignerFrames.Write(stream, AnswerTo(frame, signer, output).Encode());
        }
        catch (IOException)
        {
            // The node has gone; the next one may come.
        }
    }

    private static SignerAnswer AnswerTo(byte[] frame, ValidatorSigner signer, TextWriter output)
    {
        SignerQuestion question;
        try
        {
            question = SignerQuestion.Decode(frame);
        }
        catch (RlpException wrong)
        {
            return Fault(signer, wrong.Message);
        }

        try
        {
            return question switch
            {
                SignerQuestion.SignVote vote => Sealed(
                    signer.Sign(vote.Kind, vote.Height, vote.Round, vote.ValidRound, vote.BlockHash)?.Seal.ToArray(), vote, signer, output),
                SignerQuestion.SignProposal proposal => Sealed(
                    signer.Sign(proposal.Height, proposal.Round, proposal.ValidRound, proposal.BlockHash)?.Seal.ToArray(),
                    proposal,
                    signer,
                    output),
                SignerQuestion.Prove prove => Done(signer.Prove(prove.Height, prove.ParentMix), signer),
                _ => Done(signer.Address.ToArray(), signer),
            };
        }
        catch (RefusalException disk)
        {
            // The mark could not be made durable, so nothing was signed.
            output.WriteLine($"refused: {disk.Message}");
            return Fault(signer, disk.Message);
        }
    }

    private static SignerAnswer Sealed(byte[]? seal, SignerQuestion question, ValidatorSigner signer, TextWriter output)
    {
        if (seal is not null) return Done(seal, signer);
        output.WriteLine($"refused: {question}, the mark stands at {signer.Mark.Slot}");
        return new SignerAnswer(SignerOutcome.Refused, [], signer.Mark);
    }

    private static SignerAnswer Done(byte[] content, ValidatorSigner signer) => new(SignerOutcome.Done, content, signer.Mark);

    private static SignerAnswer Fault(ValidatorSigner signer, string why)
    {
        byte[] words = Encoding.UTF8.GetBytes(why);
        return new SignerAnswer(SignerOutcome.Faulty, words[..Math.Min(words.Length, SignerFrames.SizeMax / 2)], signer.Mark);
    }
}
