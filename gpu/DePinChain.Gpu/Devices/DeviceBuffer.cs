namespace DePinChain.Gpu.Devices;

/// <summary>Memory of a device, taken from its accelerator's budget and given back on disposal.</summary>
public sealed class DeviceBuffer : TensorBuffer
{
    private nint _handle;

    internal DeviceBuffer(Accelerator owner, nint handle, long bytes, long reserved)
        : base(bytes) => (Owner, _handle, Reserved) = (owner, handle, reserved);

    internal Accelerator Owner { get; }

    internal long Reserved { get; }

    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(DeviceBuffer));

    /// <inheritdoc/>
    public override void Dispose()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0) Owner.Release(handle, Reserved);
    }
}
