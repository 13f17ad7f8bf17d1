namespace DePinChain.Gpu.Devices;

// The rounds of the proof of throughput.
public sealed unsafe partial class DeviceTensors
{
    /// <inheritdoc/>
    public void MultiplyExact(TensorBuffer left, TensorBuffer right, TensorBuffer product, int size)
    {
        ProductShape shape = BatchShapes.RoundOf(size);
        long groups = (size + 63) / 64;
        LaunchRound(
            "round_product", groups * groups, 256, Floats(left, (long)size * shape.Words), Floats(right, (long)size * shape.Words),
            Floats(product, (long)size * size), (uint)size, (uint)shape.Words, (uint)groups);
    }

    /// <inheritdoc/>
    public void SumRows(TensorBuffer product, TensorBuffer limbs, TensorBuffer sums, int size)
    {
        BatchShapes.RoundOf(size);
        LaunchRound(
            "round_sums", size, 64, Floats(product, (long)size * size), Floats(limbs, 3L * size), Floats(sums, 6L * size), (uint)size);
    }

    /// <inheritdoc/>
    public void NextMatrix(TensorBuffer product, TensorBuffer key, TensorBuffer right, int size)
    {
        ProductShape shape = BatchShapes.RoundOf(size);
        LaunchRound(
            "round_next", GroupsOf((long)size * shape.Words), 64, Floats(product, (long)size * size), Floats(key, size),
            Floats(right, (long)size * shape.Words), (uint)size, (uint)shape.Words);
    }

    private void LaunchRound(string kernel, long groups, int group, params ReadOnlySpan<KernelArgument> arguments)
    {
        lock (_gate)
        {
            _accelerator.Enter();
            _accelerator.Load(_rounds);
            _stream.Launch(kernel, groups, group, arguments);
        }
    }
}
