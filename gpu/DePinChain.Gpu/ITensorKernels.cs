using DePinChain.Gpu.Cpu;
using DePinChain.Gpu.Devices;

namespace DePinChain.Gpu;

/// <summary>Memory of a backend that tensors lie in. It belongs to the backend that made it and is refused by every other.</summary>
public abstract class TensorBuffer(long bytes) : IDisposable
{
    /// <summary>Its size.</summary>
    public long Bytes { get; } = bytes;

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>The sizes of one product: out[rows × columns] = x[rows × depth] · wᵀ[columns × depth].</summary>
/// <param name="Rows">Rows of x.</param>
/// <param name="Columns">Rows of the weight.</param>
/// <param name="Depth">Length of a row.</param>
public readonly record struct ProductShape(int Rows, int Columns, int Depth)
{
    /// <summary>Panels of 16 columns.</summary>
    public int Panels => (Columns + 15) / 16;

    /// <summary>Words of four bytes in a quantised row.</summary>
    public int Words => (Depth + 3) / 4;
}

/// <summary>The sizes of one attention call.</summary>
/// <param name="Rows">New positions.</param>
/// <param name="Position">Positions that are in the cache before them.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyHeads">Key and value heads; divides Heads.</param>
/// <param name="Width">Elements of a head.</param>
/// <param name="Capacity">Positions that the caches can hold, a multiple of 64.</param>
public readonly record struct AttentionShape(int Rows, int Position, int Heads, int KeyHeads, int Width, int Capacity);

/// <summary>
/// The operators of a Llama in single precision with one fixed order of operations (<see cref="CpuTensors"/> and <see
/// cref="DeviceTensors"/>
/// give the same bits); <c>bf16</c> rounds to bfloat16 where Hugging Face's eager code does.
/// </summary>
public interface ITensorKernels : IRoundKernels
{
    /// <summary>Makes a buffer of zeros.</summary>
    TensorBuffer Allocate(long bytes);

    /// <summary>Writes into a buffer.</summary>
    void Upload(TensorBuffer buffer, long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Reads from a buffer.</summary>
    void Download(TensorBuffer buffer, long offset, Span<byte> bytes);

    /// <summary>out = x · wᵀ; w in panels (<see cref="Panels.PackSingles"/>).</summary>
    void Multiply(TensorBuffer x, TensorBuffer weight, TensorBuffer output, ProductShape shape);

    /// <summary>Rows to signed bytes with a scale each: s = max|x| / 127, q = rint(x / s).</summary>
    void Quantize(TensorBuffer x, TensorBuffer quantized, TensorBuffer scales, int rows, int depth);

    /// <summary>out = (q · wᵀ) · row scale · column scale, in that order; w in panels (<see cref="Panels.PackBytes"/>).</summary>
    void MultiplyBytes(
        TensorBuffer quantized, TensorBuffer scales, TensorBuffer weight, TensorBuffer columnScales, TensorBuffer output,
        ProductShape shape);

    /// <summary>y = x / sqrt(mean of squares + eps) · weight, row by row.</summary>
    void Normalize(TensorBuffer x, TensorBuffer weight, TensorBuffer y, int rows, int width, float epsilon, bool bf16);

    /// <summary>Turns the pairs (i, i + width / 2) of each head by the row's position.</summary>
    void Rotate(TensorBuffer x, TensorBuffer cosines, TensorBuffer sines, int rows, int heads, int width, int position, bool bf16);

    /// <summary>Puts new keys and values into the caches.</summary>
    void Remember(TensorBuffer keys, TensorBuffer values, TensorBuffer keyCache, TensorBuffer valueCache, AttentionShape shape);

    /// <summary>Causal attention of the new rows over the caches.</summary>
    void Attend(
        TensorBuffer queries, TensorBuffer keyCache, TensorBuffer valueCache, TensorBuffer scores, TensorBuffer output,
        AttentionShape shape, bool bf16);

    /// <summary>gate = silu(gate) · up.</summary>
    void Gate(TensorBuffer gate, TensorBuffer up, int count, bool bf16);

    /// <summary>x = x + y; y repeats after its width.</summary>
    void Add(TensorBuffer x, TensorBuffer y, int count, int width, bool bf16);

    /// <summary>output[row] = table[ids[row]].</summary>
    void Gather(TensorBuffer table, ReadOnlySpan<int> ids, TensorBuffer output, int width);

    /// <summary>x rounded to bfloat16.</summary>
    void Round(TensorBuffer x, int count);
}
