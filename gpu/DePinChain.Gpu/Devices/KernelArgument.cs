namespace DePinChain.Gpu.Devices;

/// <summary>An argument of a kernel: a buffer, or 32 bits by value.</summary>
public readonly struct KernelArgument
{
    private KernelArgument(DeviceBuffer? buffer, uint bits) => (Buffer, Bits) = (buffer, bits);

    internal DeviceBuffer? Buffer { get; }

    internal uint Bits { get; }

    public static implicit operator KernelArgument(DeviceBuffer buffer) => FromBuffer(buffer);

    public static implicit operator KernelArgument(uint value) => FromUInt32(value);

    public static implicit operator KernelArgument(float value) => FromSingle(value);

    /// <summary>A buffer.</summary>
    public static KernelArgument FromBuffer(DeviceBuffer buffer) => new(buffer, 0);

    /// <summary>A number.</summary>
    public static KernelArgument FromUInt32(uint value) => new(null, value);

    /// <summary>A number in single precision.</summary>
    public static KernelArgument FromSingle(float value) => new(null, BitConverter.SingleToUInt32Bits(value));
}
