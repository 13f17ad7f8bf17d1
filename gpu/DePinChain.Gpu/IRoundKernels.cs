using DePinChain.Gpu.Cpu;
using DePinChain.Gpu.Devices;

namespace DePinChain.Gpu;

/// <summary>
/// The rounds by which a device shows its throughput, over square matrices of n rows, a multiple of 16 up to 8,192 (<see
/// cref="CpuTensors"/> and <see cref="DeviceTensors"/>). Integers only: any device gives the same.
/// </summary>
public interface IRoundKernels
{
    /// <summary>product = left · right; left row by row, right in panels (<see cref="Panels.PackBytes"/> of its columns).</summary>
    void MultiplyExact(TensorBuffer left, TensorBuffer right, TensorBuffer product, int size);

    /// <summary>sums[row][limb] = Σ product[row][j] · limbs[limb][j]; limbs are three of 21 bits in words of 32, sums of 64.</summary>
    void SumRows(TensorBuffer product, TensorBuffer limbs, TensorBuffer sums, int size);

    /// <summary>right = bits 8 to 15 of the product, XOR a key for each column, which lies in a word.</summary>
    void NextMatrix(TensorBuffer product, TensorBuffer key, TensorBuffer right, int size);
}
