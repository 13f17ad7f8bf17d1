using System.Buffers.Binary;
using System.Security.Cryptography;
using DePinChain.Gpu;
using DePinChain.Inference.Llama;
using DePinChain.Primitives;

namespace DePinChain.Inference.Commitments;

/// <summary>
/// Per-channel mean and scale of a model's activations, for models whose fixed outlier channels would let a template pass.
/// </summary>
/// <param name="Means">Subtracted.</param>
/// <param name="Scales">Multiplied; both in single precision, before rounding to bfloat16.</param>
public sealed record Whitening(float[] Means, float[] Scales);

/// <summary>Gathers rows of final activations into chunks.</summary>
internal sealed class ChunkRecorder(ArithmeticProfile profile, Whitening? whitening)
{
    private readonly List<ushort> _patterns = [];
    private IncrementalHash? _digest;

    internal int Rows { get; private set; }

    internal ushort[] Patterns => [.. _patterns];

    internal void Add(ReadOnlySpan<float> row)
    {
        Rows++;
        for (int at = 0; at < row.Length; at++)
        {
            float centred = whitening is null ? row[at] : row[at] - whitening.Means[at];
            _patterns.Add(ExactMath.Bf16Bits(whitening is null ? centred : centred * whitening.Scales[at]));
        }

        if (profile == ArithmeticProfile.Tolerant) return;
        _digest ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] bytes = new byte[row.Length * sizeof(float)];
        for (int at = 0; at < row.Length; at++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at * sizeof(float)), row[at]);
        _digest.AppendData(bytes);
    }

    /// <summary>The digest of the rows so far; zero in the tolerant profile. Starts the next chunk.</summary>
    internal Hash256 Finish()
    {
        Hash256 digest = _digest is null ? Hash256.Zero : new Hash256(_digest.GetHashAndReset());
        _digest?.Dispose();
        _digest = null;
        _patterns.Clear();
        Rows = 0;
        return digest;
    }
}
