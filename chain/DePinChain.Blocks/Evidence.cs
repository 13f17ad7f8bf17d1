using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>The kinds of evidence, with their numbers on the wire.</summary>
public enum EvidenceKind : byte
{
    DuplicateVote = 1,
    DuplicateProposal = 2,
}

/// <summary>
/// Two messages by one signer that contradict each other. The pair stands in ascending order of (blockHash, validRound), so one offence
/// has one form.
/// </summary>
public abstract record Evidence
{
    private protected Evidence()
    {
    }

    public abstract EvidenceKind Kind { get; }

    /// <summary>The height of the offence.</summary>
    public abstract ulong Height { get; }

    public abstract uint Round { get; }

    /// <summary>
    /// True when both messages are by one signer and contradict each other. Whether the signer was a validator, and the age, is the
    /// chain's to judge.
    /// </summary>
    public abstract bool TryVerify(ulong chainId, out Address signer, [NotNullWhen(false)] out string? why);

    /// <summary>RLP [kind, messageA, messageB].</summary>
    public abstract void WriteTo(RlpWriter writer);

    /// <inheritdoc cref="WriteTo"/>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        WriteTo(writer);
        return writer.ToArray();
    }

    /// <summary>RLP of a block's evidence.</summary>
    public static byte[] EncodeList(IReadOnlyList<Evidence> evidence)
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        foreach (Evidence item in evidence) item.WriteTo(writer);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>The header's <c>evidenceHash</c>: keccak of the list's RLP, keccak(0xc0) for none.</summary>
    public static Hash256 HashOf(IReadOnlyList<Evidence> evidence) => Keccak256.Hash(EncodeList(evidence));

    /// <exception cref="RlpException">Not a pair that can be evidence.</exception>
    public static Evidence Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        byte kind = fields.ReadByte();
        Evidence evidence = kind switch
        {
            (byte)EvidenceKind.DuplicateVote => new DuplicateVote(Vote.Read(ref fields), Vote.Read(ref fields)),
            (byte)EvidenceKind.DuplicateProposal => new DuplicateProposal(Proposal.Read(ref fields), Proposal.Read(ref fields)),
            _ => throw new RlpException($"Evidence of kind {kind} does not exist."),
        };
        fields.ExpectEnd();
        return evidence.ShapeFault() is { } fault ? throw new RlpException(fault) : evidence;
    }

    /// <summary>Reads evidence from anyone; the seals are not verified.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out evidence, out why);

    /// <summary>Why the pair cannot be evidence whoever signed it, or null.</summary>
    internal abstract string? ShapeFault();

    private protected static string? OrderFault((Hash256 BlockHash, int ValidRound) first, (Hash256 BlockHash, int ValidRound) second) =>
        first.CompareTo(second) switch
        {
            0 => "Two messages that say the same are no offence.",
            > 0 => "The pair is not in ascending order.",
            _ => null,
        };

    private protected static string? SignerFault(bool isSignedA, Address signerA, bool isSignedB, Address signerB)
    {
        if (!isSignedA || !isSignedB) return "A seal is not a signature.";
        return signerA == signerB ? null : $"The messages are by two signers, {signerA} and {signerB}.";
    }
}

/// <summary>What a signer may say once for a slot, and nothing else for the same slot.</summary>
/// <typeparam name="T">The message itself.</typeparam>
public interface ISealedMessage<in T>
{
    ulong Height { get; }

    uint Round { get; }

    int ValidRound { get; }

    Hash256 BlockHash { get; }

    bool TryRecoverSigner(ulong chainId, out Address signer);

    bool IsSameSlot(T other);

    void WriteTo(RlpWriter writer);
}

/// <summary>Two messages for one slot with different (blockHash, validRound).</summary>
public abstract record DuplicateMessage<T>(T A, T B) : Evidence
    where T : class, ISealedMessage<T>
{
    public override ulong Height => A.Height;

    public override uint Round => A.Round;

    public override bool TryVerify(ulong chainId, out Address signer, [NotNullWhen(false)] out string? why)
    {
        signer = default;
        why = ShapeFault();
        if (why is not null) return false;
        bool isSignedA = A.TryRecoverSigner(chainId, out signer);
        bool isSignedB = B.TryRecoverSigner(chainId, out Address other);
        why = SignerFault(isSignedA, signer, isSignedB, other);
        return why is null;
    }

    public override void WriteTo(RlpWriter writer)
    {
        int mark = writer.BeginList();
        writer.Write((ulong)Kind);
        A.WriteTo(writer);
        B.WriteTo(writer);
        writer.EndList(mark);
    }

    /// <summary>The pair in its one order.</summary>
    private protected static (T A, T B) InOrder(T one, T other) =>
        (one.BlockHash, one.ValidRound).CompareTo((other.BlockHash, other.ValidRound)) <= 0 ? (one, other) : (other, one);

    private protected string? ShapeFault(string otherSlot) =>
        A.IsSameSlot(B) ? OrderFault((A.BlockHash, A.ValidRound), (B.BlockHash, B.ValidRound)) : otherSlot;
}

/// <summary>Two votes of one kind, height and round.</summary>
public sealed record DuplicateVote(Vote A, Vote B) : DuplicateMessage<Vote>(A, B)
{
    public override EvidenceKind Kind => EvidenceKind.DuplicateVote;

    /// <summary>The pair in its one order.</summary>
    public static DuplicateVote Of(Vote one, Vote other)
    {
        (Vote first, Vote second) = InOrder(one, other);
        return new DuplicateVote(first, second);
    }

    internal override string? ShapeFault() => ShapeFault("The votes are of different kinds, heights or rounds.");
}

/// <summary>Two proposals of one height and round.</summary>
public sealed record DuplicateProposal(Proposal A, Proposal B) : DuplicateMessage<Proposal>(A, B)
{
    public override EvidenceKind Kind => EvidenceKind.DuplicateProposal;

    /// <summary>The pair in its one order.</summary>
    public static DuplicateProposal Of(Proposal one, Proposal other)
    {
        (Proposal first, Proposal second) = InOrder(one, other);
        return new DuplicateProposal(first, second);
    }

    internal override string? ShapeFault() => ShapeFault("The proposals are of different heights or rounds.");
}
