using System.Diagnostics.CodeAnalysis;
using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.LightClient;

/// <summary>How two certificates for different blocks of one height came to be.</summary>
public enum AttackKind : byte
{
    /// <summary>In one round: whoever signed both voted twice and is slashed for it.</summary>
    Equivocation = 1,

    /// <summary>In two rounds: somebody forgot a lock. Nothing follows from a pair of votes alone; the record is for forensics.</summary>
    Amnesia = 2,
}

/// <summary>Two certified headers of one height: the proof that more than a third of the power broke the rules.</summary>
/// <param name="First">The one with the lower hash, so that one attack has one form.</param>
/// <param name="Second">The other.</param>
public sealed record LightClientAttack(LightBlock First, LightBlock Second)
{
    public ulong Height => First.Height;

    public AttackKind Kind => First.Commit.Round == Second.Commit.Round ? AttackKind.Equivocation : AttackKind.Amnesia;

    /// <summary>Makes the record of two conflicting headers; null when they do not conflict.</summary>
    public static LightClientAttack? Between(LightBlock one, LightBlock other)
    {
        if (one.Height != other.Height || one.Hash == other.Hash) return null;
        return one.Hash.CompareTo(other.Hash) < 0 ? new LightClientAttack(one, other) : new LightClientAttack(other, one);
    }

    /// <summary>Whether both are certified by the validators they list; whether those decided the height, the chain knows.</summary>
    public bool TryVerify(ulong chainId, [NotNullWhen(false)] out string? why)
    {
        why = First.Height != Second.Height || First.Hash.CompareTo(Second.Hash) >= 0
            ? "the headers are not two of one height in ascending order of hash"
            : First.Fault(chainId) ?? Second.Fault(chainId);
        return why is null;
    }

    /// <summary>Who signed both, ascending by address.</summary>
    public IReadOnlyList<Address> Signers()
    {
        List<Address> both = [];
        for (int index = 0; index < First.Validators.Count; index++)
        {
            Address address = First.Validators[index].Address;
            if (First.Commit.HasSigned(index) && Second.Commit.HasSigned(Second.Validators.IndexOf(address))) both.Add(address);
        }

        return both;
    }

    /// <summary>The pairs of votes that the chain slashes for: one for each signer of both when the rounds are equal, else none.</summary>
    public IReadOnlyList<DuplicateVote> Evidence()
    {
        if (Kind != AttackKind.Equivocation) return [];
        List<DuplicateVote> pairs = [];
        foreach (Address signer in Signers())
        {
            Vote first = First.Commit.Votes().First(entry => entry.Index == First.Validators.IndexOf(signer)).Vote;
            Vote second = Second.Commit.Votes().First(entry => entry.Index == Second.Validators.IndexOf(signer)).Vote;
            pairs.Add(DuplicateVote.Of(first, second));
        }

        return pairs;
    }

    /// <summary>RLP [first, second].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.WriteEncoded(First.Encode());
        writer.WriteEncoded(Second.Encode());
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a record from anyone; it is not verified.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out LightClientAttack? attack, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out attack, out why);

    private static LightClientAttack Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        ReadOnlySpan<byte> rawFirst = fields.ReadRawItem();
        ReadOnlySpan<byte> rawSecond = fields.ReadRawItem();
        fields.ExpectEnd();
        bool areRead = LightBlock.TryDecode(rawFirst, out LightBlock? first, out string? why)
            & LightBlock.TryDecode(rawSecond, out LightBlock? second, out string? other);
        return areRead ? new LightClientAttack(first!, second!) : throw new RlpException(why ?? other ?? "the record cannot be read");
    }
}
