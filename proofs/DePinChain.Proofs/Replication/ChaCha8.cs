using System.Buffers.Binary;
using System.Numerics;

namespace DePinChain.Proofs.Replication;

/// <summary>
/// The generator that draws the graph's parents: ChaCha with 8 rounds, a 64-bit counter and a nonce of zeros (rand_chacha's ChaCha8Rng).
/// </summary>
internal ref struct ChaCha8
{
    private const int BlockWords = 16;

    private readonly Span<uint> _input;
    private readonly Span<uint> _block;
    private int _next;

    /// <param name="key">32 bytes.</param>
    /// <param name="memory">32 words to work in.</param>
    internal ChaCha8(ReadOnlySpan<byte> key, Span<uint> memory)
    {
        _input = memory[..BlockWords];
        _block = memory.Slice(BlockWords, BlockWords);
        _input.Clear();
        (_input[0], _input[1], _input[2], _input[3]) = (0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
        for (int word = 0; word < 8; word++) _input[4 + word] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * word)..]);
        _next = BlockWords;
    }

    /// <summary>Two consecutive words, the low one first.</summary>
    internal ulong NextUInt64() => NextUInt32() | ((ulong)NextUInt32() << 32);

    private uint NextUInt32()
    {
        if (_next == BlockWords) Refill();
        return _block[_next++];
    }

    private void Refill()
    {
        _input.CopyTo(_block);
        for (int round = 0; round < 4; round++)
        {
            for (int column = 0; column < 4; column++) Quarter(_block, column, 4 + column, 8 + column, 12 + column);
            for (int column = 0; column < 4; column++)
                Quarter(_block, column, 4 + ((column + 1) & 3), 8 + ((column + 2) & 3), 12 + ((column + 3) & 3));
        }

        for (int word = 0; word < BlockWords; word++) _block[word] = unchecked(_block[word] + _input[word]);
        _next = 0;
        _input[12] = unchecked(_input[12] + 1);
    }

    private static void Quarter(Span<uint> x, int a, int b, int c, int d)
    {
        unchecked
        {
            x[a] += x[b];
            x[d] = BitOperations.RotateLeft(x[d] ^ x[a], 16);
            x[c] += x[d];
            x[b] = BitOperations.RotateLeft(x[b] ^ x[c], 12);
            x[a] += x[b];
            x[d] = BitOperations.RotateLeft(x[d] ^ x[a], 8);
            x[c] += x[d];
            x[b] = BitOperations.RotateLeft(x[b] ^ x[c], 7);
        }
    }
}
