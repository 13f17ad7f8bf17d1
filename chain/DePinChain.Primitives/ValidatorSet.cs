using System.Buffers.Binary;
using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace DePinChain.Primitives;

/// <summary>One member of a validator set.</summary>
/// <param name="Address">The address of the key that signs votes.</param>
/// <param name="Power">Voting power: whole DPN bonded.</param>
public readonly record struct Validator(Address Address, ulong Power);

/// <summary>
/// The validators of one height in ascending order of address: a validator's index is its place in every bitmap and certificate.
/// </summary>
/// <remarks>Immutable. The total power stays below 2^60, so that proposer priorities fit 64 bits (as in CometBFT).</remarks>
public sealed class ValidatorSet : IReadOnlyList<Validator>, IEquatable<ValidatorSet>
{
    /// <summary>Exclusive.</summary>
    public const ulong TotalPowerBound = 1UL << 60;

    private const int CountSize = sizeof(uint);
    private const int EntrySize = Address.Size + sizeof(ulong);

    private readonly Validator[] _validators;

    /// <param name="validators">In any order.</param>
    /// <exception cref="ArgumentException">An address twice, a power of zero, or a total of 2^60 or more.</exception>
    public ValidatorSet(IEnumerable<Validator> validators)
        : this(Sorted(validators))
    {
    }

    private ValidatorSet(Validator[] ascending)
    {
        if (Fault(ascending) is { } fault) throw new ArgumentException(fault);
        _validators = ascending;
        foreach (Validator validator in ascending) TotalPower += validator.Power;
        Hash = Keccak256.Hash(Encode());
    }

    public int Count => _validators.Length;

    public UInt128 TotalPower { get; }

    /// <summary>
    /// keccak(u32 n ‖ n · (20-byte address ‖ u64 power)), big-endian, ascending by address: the header's <c>validatorsHash</c>.
    /// </summary>
    public Hash256 Hash { get; }

    public Validator this[int index] => _validators[index];

    /// <summary>The index of a signing address, or -1.</summary>
    public int IndexOf(Address address)
    {
        int low = 0;
        int high = _validators.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _validators[middle].Address.CompareTo(address);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }

    public bool Contains(Address address) => IndexOf(address) >= 0;

    /// <summary>More than two thirds. Exactly two thirds is not a quorum.</summary>
    public static bool IsQuorum(UInt128 part, UInt128 total) => 3 * part > 2 * total;

    /// <summary>More than one third, so that at least one of them is correct. Exactly one third is not enough.</summary>
    public static bool IsThird(UInt128 part, UInt128 total) => 3 * part > total;

    /// <summary>The bytes that <see cref="Hash"/> covers.</summary>
    public byte[] Encode()
    {
        byte[] bytes = new byte[CountSize + (_validators.Length * EntrySize)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)_validators.Length);
        Span<byte> rest = bytes.AsSpan(CountSize);
        foreach (Validator validator in _validators)
        {
            validator.Address.CopyTo(rest);
            BinaryPrimitives.WriteUInt64BigEndian(rest[Address.Size..], validator.Power);
            rest = rest[EntrySize..];
        }

        return bytes;
    }

    /// <exception cref="FormatException">Anything that <see cref="Encode"/> does not write.</exception>
    public static ValidatorSet Decode(ReadOnlySpan<byte> encoded) =>
        TryDecode(encoded, out ValidatorSet? set, out string? why) ? set : throw new FormatException(why);

    /// <summary>Reads what <see cref="Encode"/> writes, from anyone: lengths, order, powers and the total are checked.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out ValidatorSet? set, [NotNullWhen(false)] out string? why)
    {
        set = null;
        if (encoded.Length < CountSize || (encoded.Length - CountSize) % EntrySize != 0)
        {
            why = $"A validator set has 4 bytes and 28 for each validator, not {encoded.Length}.";
            return false;
        }

        uint count = BinaryPrimitives.ReadUInt32BigEndian(encoded);
        ReadOnlySpan<byte> rest = encoded[CountSize..];
        if (count != rest.Length / EntrySize)
        {
            why = $"A validator set says {count} validators and holds {rest.Length / EntrySize}.";
            return false;
        }

        Validator[] validators = new Validator[count];
        for (int i = 0; i < validators.Length; i++)
        {
            ReadOnlySpan<byte> entry = rest.Slice(i * EntrySize, EntrySize);
            validators[i] = new Validator(new Address(entry[..Address.Size]), BinaryPrimitives.ReadUInt64BigEndian(entry[Address.Size..]));
        }

        why = Fault(validators);
        if (why is null) set = new ValidatorSet(validators);
        return set is not null;
    }

    public IEnumerator<Validator> GetEnumerator() => ((IEnumerable<Validator>)_validators).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _validators.GetEnumerator();

    public bool Equals(ValidatorSet? other) => other is not null && Hash == other.Hash;

    public override bool Equals(object? obj) => Equals(obj as ValidatorSet);

    public override int GetHashCode() => Hash.GetHashCode();

    private static Validator[] Sorted(IEnumerable<Validator> validators)
    {
        Validator[] sorted = [.. validators];
        Array.Sort(sorted, static (left, right) => left.Address.CompareTo(right.Address));
        return sorted;
    }

    private static string? Fault(ReadOnlySpan<Validator> validators)
    {
        UInt128 total = 0;
        for (int i = 0; i < validators.Length; i++)
        {
            if (validators[i].Power == 0) return $"Validator {validators[i].Address} has no power.";
            int order = i == 0 ? -1 : validators[i - 1].Address.CompareTo(validators[i].Address);
            if (order == 0) return $"Validator {validators[i].Address} is in the set twice.";
            if (order > 0) return $"Validator {validators[i].Address} is not in ascending order.";
            total += validators[i].Power;
        }

        return total < TotalPowerBound ? null : $"A total power of {total} is not below 2^60.";
    }
}
