using System.Buffers.Binary;
using DePinChain.Indexer.Rows;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Chain;

/// <summary>A seat in a set of validators.</summary>
public sealed record SetMember(Address Signer, Address Owner, ulong Power)
{
    private const int Size = 48;

    /// <summary>The seats in the order of the certificate's bits.</summary>
    public static IReadOnlyList<SetMember> Read(ValidatorSetRow? row)
    {
        var members = new List<SetMember>();
        for (int at = 0; row is not null && at + Size <= row.Members.Length; at += Size)
        {
            ReadOnlySpan<byte> bytes = row.Members.AsSpan(at, Size);
            members.Add(new SetMember(new Address(bytes[..Address.Size]), new Address(bytes.Slice(Address.Size, Address.Size)),
                BinaryPrimitives.ReadUInt64BigEndian(bytes[(2 * Address.Size)..])));
        }

        return members;
    }

    /// <summary>What a header names the set by.</summary>
    public static Hash256 HashOf(IReadOnlyList<SetMember> seats) =>
        new ValidatorSet([.. seats.Select(seat => new Validator(seat.Signer, seat.Power))]).Hash;

    /// <summary>Whether the seat's bit is set, least significant first.</summary>
    public static bool Signed(byte[] bitmap, int seat) => seat / 8 < bitmap.Length && (bitmap[seat / 8] >> (seat % 8) & 1) == 1;
}
