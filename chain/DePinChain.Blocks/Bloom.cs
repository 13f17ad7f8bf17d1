using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>Ethereum's 2,048-bit filter over the addresses and topics of logs (yellow paper 4.3.1, M3:2048).</summary>
public sealed class Bloom : IEquatable<Bloom>
{
    public const int Size = 256;

    private readonly byte[] _bits;

    public Bloom(ReadOnlySpan<byte> bits)
    {
        if (bits.Length != Size) throw new ArgumentException($"a bloom has {Size} bytes, not {bits.Length}", nameof(bits));
        _bits = bits.ToArray();
    }

    private Bloom(byte[] bits) => _bits = bits;

    public static Bloom Empty { get; } = new(new byte[Size]);

    public ReadOnlySpan<byte> Bits => _bits;

    /// <summary>The filter over the address and the topics of each log.</summary>
    public static Bloom Of(IReadOnlyList<LogEntry> logs)
    {
        if (logs.Count == 0) return Empty;
        byte[] bits = new byte[Size];
        foreach (LogEntry log in logs)
        {
            Set(bits, BitsOf(log.Address.ToArray()));
            foreach (Hash256 topic in log.Topics) Set(bits, BitsOf(topic.ToArray()));
        }
        return new Bloom(bits);
    }

    /// <summary>The filter of a block from those of its receipts.</summary>
    public static Bloom Union(IEnumerable<Bloom> parts)
    {
        byte[] bits = new byte[Size];
        foreach (Bloom part in parts)
            for (int i = 0; i < Size; i++) bits[i] |= part._bits[i];
        return new Bloom(bits);
    }

    /// <summary>False means certainly absent; true means possibly present.</summary>
    public bool MayContain(Address address) => Has(BitsOf(address.ToArray()));

    /// <inheritdoc cref="MayContain(Address)"/>
    public bool MayContain(in Hash256 topic) => Has(BitsOf(topic.ToArray()));

    public bool Equals(Bloom? other) => other is not null && _bits.AsSpan().SequenceEqual(other._bits);

    public override bool Equals(object? obj) => Equals(obj as Bloom);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bits);
        return hash.ToHashCode();
    }

    public override string ToString() => Hex.Encode(_bits);

    // Three 11-bit numbers from the first three big-endian pairs of keccak(item); bit 0 is the last bit of the last byte.
    private static (int First, int Second, int Third) BitsOf(ReadOnlySpan<byte> item)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Keccak256.Hash(item, hash);
        return (Bit(hash), Bit(hash[2..]), Bit(hash[4..]));

        static int Bit(ReadOnlySpan<byte> pair) => ((pair[0] & 7) << 8) | pair[1];
    }

    private static void Set(byte[] bits, (int First, int Second, int Third) item)
    {
        bits[Size - 1 - item.First / 8] |= (byte)(1 << (item.First % 8));
        bits[Size - 1 - item.Second / 8] |= (byte)(1 << (item.Second % 8));
        bits[Size - 1 - item.Third / 8] |= (byte)(1 << (item.Third % 8));
    }

    private bool Has((int First, int Second, int Third) item) => Has(item.First) && Has(item.Second) && Has(item.Third);

    private bool Has(int bit) => (_bits[Size - 1 - bit / 8] & (1 << (bit % 8))) != 0;
}
