namespace DePinChain.Gpu.Devices;

/// <summary>
/// Commands that a device runs in the order they were given. Host memory must stay where it is until <see cref="Finish"/>.
/// </summary>
public abstract unsafe class CommandStream : IDisposable
{
    /// <summary>Copies host memory to the device.</summary>
    public abstract void Write(DeviceBuffer to, long offset, void* from, long bytes);

    /// <summary>Copies device memory to the host.</summary>
    public abstract void Read(DeviceBuffer from, long offset, void* to, long bytes);

    /// <summary>Fills device memory with one byte; offset and length are multiples of four.</summary>
    public abstract void Fill(DeviceBuffer buffer, byte value, long offset, long bytes);

    /// <summary>Runs a kernel.</summary>
    /// <param name="kernel">Its name in a loaded unit.</param>
    /// <param name="groups">Work groups.</param>
    /// <param name="groupSize">Items of a group, as the kernel says.</param>
    /// <param name="arguments">Its arguments in order.</param>
    public abstract void Launch(string kernel, long groups, int groupSize, params ReadOnlySpan<KernelArgument> arguments);

    /// <summary>Hands the commands so far to the device without waiting.</summary>
    public abstract void Flush();

    /// <summary>Waits until everything is done.</summary>
    /// <exception cref="GpuException">Something failed.</exception>
    public abstract void Finish();

    /// <inheritdoc/>
    public abstract void Dispose();
}
