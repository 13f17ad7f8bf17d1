using System.Buffers.Binary;

namespace DePinChain.Gpu;

/// <summary>Bytes and numbers from a seed, the same everywhere: SplitMix64 (Steele, Lea, Flood 2014), words little-endian.</summary>
/// <param name="seed">The seed.</param>
public sealed class SeededStream(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next word.</summary>
    public ulong Next()
    {
        unchecked
        {
            ulong z = _state += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }

    /// <summary>The next bytes.</summary>
    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        Span<byte> word = stackalloc byte[8];
        for (int at = 0; at < count; at += 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Next());
            word[..Math.Min(8, count - at)].CopyTo(bytes.AsSpan(at));
        }

        return bytes;
    }

    /// <summary>Singles in [−scale, scale), each a multiple of scale · 2^−23.</summary>
    public float[] Singles(int count, float scale = 1f)
    {
        float[] values = new float[count];
        for (int at = 0; at < count; at++) values[at] = ((int)(Next() >> 40) - (1 << 23)) * (scale / (1 << 23));
        return values;
    }
}
