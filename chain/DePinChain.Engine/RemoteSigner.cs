using System.Net.Sockets;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>A validator's keys in a process of their own, asked over a Unix socket. The node never sees them.</summary>
/// <remarks>
/// The mark is kept, and enforced, over there; what is known here is what the last answer said. When the other process is gone the node
/// follows without a vote, and asks again at its next turn. Used by the consensus loop only.
/// </remarks>
public sealed class RemoteSigner : IValidatorSigner
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly ulong _chainId;
    private NetworkStream? _stream;

    private RemoteSigner(string path, ulong chainId)
    {
        _path = path;
        _chainId = chainId;
        Mark = SignerMark.Nothing(chainId);
    }

    /// <inheritdoc/>
    public Address Address { get; private set; }

    /// <inheritdoc/>
    public SignerMark Mark { get; private set; }

    /// <inheritdoc/>
    public long RefusalCount { get; private set; }

    /// <inheritdoc/>
    public string? Trouble { get; private set; }

    /// <summary>Connects; the signer must be there when the node starts, because the node asks it who it is.</summary>
    /// <exception cref="RefusalException">Nobody answers there, or it signs for another chain.</exception>
    public static RemoteSigner Connect(string path, ulong chainId)
    {
        RemoteSigner signer = new(path, chainId);
        if (signer.TryOpen()) return signer;
        signer.Dispose();
        throw new RefusalException(
            ExitCode.Unreachable,
            $"The signer at {path} cannot be used ({signer.Trouble}); start it with: depin signer run --home DIR --socket {path}");
    }

    /// <inheritdoc/>
    public Vote? Sign(VoteKind kind, ulong height, uint round, int validRound, in Hash256 blockHash) =>
        Seal(new SignerQuestion.SignVote(kind, height, round, validRound, blockHash)) is { } seal
            ? new Vote(kind, height, round, validRound, blockHash, seal)
            : null;

    /// <inheritdoc/>
    public Proposal? Sign(ulong height, uint round, int validRound, in Hash256 blockHash) =>
        Seal(new SignerQuestion.SignProposal(height, round, validRound, blockHash)) is { } seal
            ? new Proposal(height, round, validRound, blockHash, seal)
            : null;

    /// <inheritdoc/>
    public byte[] Prove(ulong height, in Hash256 parentMix)
    {
        SignerAnswer? answer = Ask(new SignerQuestion.Prove(height, parentMix));
        return answer is { Outcome: SignerOutcome.Done, Content.Length: Vrf.ProofSize }
            ? answer.Content
            : throw new SignerUnreachableException($"the signer at {_path} proves nothing: {Trouble}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private Signature? Seal(SignerQuestion question)
    {
        if (Ask(question) is not { } answer) return null;
        if (answer.Outcome == SignerOutcome.Refused) RefusalCount++;
        return answer is { Outcome: SignerOutcome.Done, Content.Length: Signature.Size } ? new Signature(answer.Content) : null;
    }

    private SignerAnswer? Ask(SignerQuestion question)
    {
        Trouble = null;
        if (_stream is null && !TryOpen()) return null;
        return TryExchange(question, out SignerAnswer? answer) ? answer : null;
    }

    private bool TryOpen()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(_path));
            socket.SendTimeout = socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
            _stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception absent) when (absent is SocketException or ArgumentException)
        {
            socket.Dispose();
            Trouble = absent.Message;
            return false;
        }

        return TryExchange(new SignerQuestion.Introduce(), out SignerAnswer? answer) && IsOurs(answer);
    }

    // Who restarts the signer with another key must restart the node too: a vote by a stranger would be gossiped in our name.
    private bool IsOurs(SignerAnswer answer)
    {
        Address found = answer.Content.Length == Address.Size ? new Address(answer.Content) : default;
        Trouble = answer.Mark.ChainId != _chainId ? $"it signs for chain {answer.Mark.ChainId}, this network is {_chainId}"
            : found.IsZero ? "it does not say who it is"
            : !Address.IsZero && found != Address ? $"it signs for {found} now, and the node was started with {Address}"
            : null;
        if (Trouble is not null)
        {
            Dispose();
            return false;
        }

        Address = found;
        return true;
    }

    private bool TryExchange(SignerQuestion question, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SignerAnswer? answer)
    {
        answer = null;
        try
        {
            SignerFrames.Write(_stream!, question.Encode()); // open, or this is not called
            byte[] frame = SignerFrames.Read(_stream!) ?? throw new IOException("it hung up");
            answer = SignerAnswer.Decode(frame);
        }
        catch (Exception broken) when (broken is IOException or RlpException or ObjectDisposedException)
        {
            // A late answer to this question must never be taken for the next one's: the line is cut.
            Dispose();
            Trouble = broken.Message;
            return false;
        }

        if (answer.Outcome == SignerOutcome.Faulty)
        {
            Trouble = System.Text.Encoding.UTF8.GetString(answer.Content);
            Dispose();
            return false;
        }

        Mark = answer.Mark;
        return true;
    }
}
