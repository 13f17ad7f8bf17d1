using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;

namespace DePinChain.Proofs.Devices;

/// <summary>How much a device multiplies: rounds of one square matrix of bytes times another.</summary>
public sealed record GemmShape
{
    private const int SizeMin = 16, SizeMax = 8_192, RoundsMax = 1 << 20;

    /// <param name="size">Rows and columns: a multiple of 16 up to 8,192.</param>
    /// <param name="rounds">How many rounds: a power of two from 2 to 2^20.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such shape.</exception>
    public GemmShape(int size, int rounds)
    {
        if (size is < SizeMin or > SizeMax || size % SizeMin != 0) throw new ArgumentOutOfRangeException(nameof(size));
        if (rounds is < 2 or > RoundsMax || !BitOperations.IsPow2(rounds)) throw new ArgumentOutOfRangeException(nameof(rounds));
        (Size, Rounds) = (size, rounds);
    }

    /// <summary>Rows and columns.</summary>
    public int Size { get; }

    /// <summary>Rounds.</summary>
    public int Rounds { get; }

    /// <summary>Multiplications and additions of all rounds: 2 · n³ · T.</summary>
    public UInt128 Operations => (UInt128)2 * (ulong)Size * (ulong)Size * (ulong)Size * (ulong)Rounds;

    /// <summary>Levels above the rounds' labels.</summary>
    internal int Depth => BitOperations.Log2((uint)Rounds);

    /// <summary>The matrix that stays the same in all rounds.</summary>
    public sbyte[] FixedMatrix(in Hash256 seed) => Bytes("depin-gemm/a", seed, Size * Size);

    /// <summary>The matrix of the first round.</summary>
    public sbyte[] FirstMatrix(in Hash256 seed) => Bytes("depin-gemm/b", seed, Size * Size);

    /// <summary>What stands before the first round's label.</summary>
    internal static Hash256 StartOf(in Hash256 seed) => KeyOf("depin-gemm/start", seed);

    /// <summary>The vector that a round commits to its product with, out of the label before it.</summary>
    internal ulong[] Probe(in Hash256 before)
    {
        ulong[] probe = new ulong[Size];
        var stream = new ChaCha8(KeyOf("depin-gemm/probe", before).ToArray(), stackalloc uint[32]);
        for (int at = 0; at < probe.Length; at++)
        {
            ulong number = stream.NextUInt64() & MersenneField.Prime;
            probe[at] = number == MersenneField.Prime ? 0 : number;
        }

        return probe;
    }

    /// <summary>
    /// The next round's matrix: bits 8 to 15 of each product, and a key out of the round's label in each column. With bits 0 to 7 rounds
    /// would be linear, and the last one would come from squaring the fixed matrix.
    /// </summary>
    internal sbyte[] Next(ReadOnlySpan<int> product, in Hash256 label) => Next(product, KeyOf(label));

    /// <summary>The key of the next round's columns, out of a round's label.</summary>
    internal sbyte[] KeyOf(in Hash256 label) => Bytes("depin-gemm/key", label, Size);

    internal sbyte[] Next(ReadOnlySpan<int> product, ReadOnlySpan<sbyte> key)
    {
        sbyte[] next = new sbyte[product.Length];
        for (int row = 0; row < Size; row++)
        {
            for (int column = 0; column < Size; column++)
            {
                int at = (row * Size) + column;
                next[at] = unchecked((sbyte)((byte)(product[at] >> 8) ^ (byte)key[column]));
            }
        }

        return next;
    }

    /// <summary>The exact product of two matrices: no sum is above n · 2^14.</summary>
    public int[] Product(ReadOnlySpan<sbyte> left, ReadOnlySpan<sbyte> right)
    {
        int[] wide = new int[right.Length], product = new int[left.Length];
        for (int at = 0; at < wide.Length; at++) wide[at] = right[at];
        for (int row = 0; row < Size; row++)
        {
            Span<Vector<int>> sums = MemoryMarshal.Cast<int, Vector<int>>(product.AsSpan(row * Size, Size));
            for (int middle = 0; middle < Size; middle++)
            {
                var factor = new Vector<int>(left[(row * Size) + middle]);
                ReadOnlySpan<Vector<int>> line = MemoryMarshal.Cast<int, Vector<int>>(wide.AsSpan(middle * Size, Size));
                for (int at = 0; at < sums.Length; at++) sums[at] += factor * line[at];
            }
        }

        return product;
    }

    private static Hash256 KeyOf(string tag, in Hash256 seed) => new(SHA256.HashData([.. Encoding.ASCII.GetBytes(tag), .. seed.ToArray()]));

    private static sbyte[] Bytes(string tag, in Hash256 seed, int count)
    {
        sbyte[] bytes = new sbyte[count];
        Span<byte> plain = MemoryMarshal.AsBytes(bytes.AsSpan());
        var stream = new ChaCha8(KeyOf(tag, seed).ToArray(), stackalloc uint[32]);
        for (int at = 0; at < count; at += sizeof(ulong)) BinaryPrimitives.WriteUInt64LittleEndian(plain[at..], stream.NextUInt64());
        return bytes;
    }
}
