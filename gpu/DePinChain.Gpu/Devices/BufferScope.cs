using System.Runtime.InteropServices;

namespace DePinChain.Gpu.Devices;

/// <summary>What one slice of a batch takes, given back together.</summary>
internal sealed unsafe class BufferScope(Accelerator accelerator) : IDisposable
{
    private readonly List<DeviceBuffer> _buffers = [];
    private readonly List<nint> _host = [];

    /// <summary>Device memory.</summary>
    internal DeviceBuffer Take(long bytes)
    {
        DeviceBuffer buffer = accelerator.Allocate(bytes);
        _buffers.Add(buffer);
        return buffer;
    }

    /// <summary>Host memory that stays where it is.</summary>
    internal void* Host(long bytes)
    {
        void* memory = NativeMemory.Alloc((nuint)bytes);
        _host.Add((nint)memory);
        return memory;
    }

    public void Dispose()
    {
        foreach (DeviceBuffer buffer in _buffers) buffer.Dispose();
        foreach (nint memory in _host) NativeMemory.Free((void*)memory);
        _buffers.Clear();
        _host.Clear();
    }
}
