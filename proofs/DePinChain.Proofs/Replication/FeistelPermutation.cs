using System.Buffers.Binary;

namespace DePinChain.Proofs.Replication;

/// <summary>
/// A keyed permutation of 0 … n − 1: three Feistel rounds over the next power of four, walked until the result is below n.
/// </summary>
/// <remarks>rust-fil-proofs storage-proofs-core/src/crypto/feistel.rs.</remarks>
internal sealed class FeistelPermutation
{
    private const int Rounds = 3;

    private readonly ulong _count;
    private readonly ulong[] _keys;
    private readonly int _halfBits;
    private readonly ulong _mask;
    private ulong[]? _table;

    internal FeistelPermutation(ulong count, ReadOnlySpan<ulong> keys)
    {
        _count = count;
        _keys = keys[..Rounds].ToArray();
        _halfBits = 1;
        while (1UL << (2 * _halfBits) < count) _halfBits++;
        _mask = (1UL << _halfBits) - 1;
    }

    /// <summary>Computes the round function of every half once: worth it when most of the permutation is walked.</summary>
    internal void Tabulate()
    {
        ulong[] table = new ulong[Rounds << _halfBits];
        for (int at = 0; at < table.Length; at++) table[at] = Round((ulong)at & _mask, at >> _halfBits);
        _table = table;
    }

    internal ulong Permute(ulong index)
    {
        ulong at = index;
        do
        {
            ulong left = at >> _halfBits;
            ulong right = at & _mask;
            for (int round = 0; round < Rounds; round++)
            {
                ulong mixed = _table is null ? Round(right, round) : _table[(round << _halfBits) + (int)right];
                (left, right) = (right, left ^ mixed);
            }

            at = (left << _halfBits) | right;
        }
        while (at >= _count);

        return at;
    }

    // The words enter big-endian and the digest's first eight bytes are read big-endian.
    private ulong Round(ulong half, int round) =>
        BinaryPrimitives.ReverseEndianness(Blake2b.FirstWord(
            BinaryPrimitives.ReverseEndianness(half), BinaryPrimitives.ReverseEndianness(_keys[round]))) & _mask;
}
