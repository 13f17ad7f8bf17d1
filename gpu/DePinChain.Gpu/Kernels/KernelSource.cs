using System.Reflection;
using System.Text;

namespace DePinChain.Gpu.Kernels;

/// <summary>A translation unit of kernels: the prelude and one file. OpenCL, NVRTC and clang compile the same text.</summary>
/// <param name="Name">hash, tensor or rounds.</param>
/// <param name="Text">Prelude and kernels.</param>
public sealed record KernelSource(string Name, string Text)
{
    /// <summary>SHA-256 and the kernels of storage proofs.</summary>
    public static KernelSource Hash { get; } = Read("hash");

    /// <summary>The operators of language models.</summary>
    public static KernelSource Tensor { get; } = Read("tensor");

    /// <summary>The rounds by which a device shows its throughput.</summary>
    public static KernelSource Rounds { get; } = Read("rounds");

    /// <summary>PTX that the build embedded, if it did.</summary>
    public byte[]? FindEmbeddedPtx() => this == Hash || this == Tensor || this == Rounds ? ReadResource(Name + ".ptx") : null;

    internal static byte[]? ReadResource(string name)
    {
        using Stream? stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (stream is null) return null;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static KernelSource Read(string name) => new(name, TextOf("prelude.dpk") + TextOf(name + ".dpk"));

    private static string TextOf(string name) =>
        Encoding.UTF8.GetString(ReadResource(name) ?? throw new GpuException(GpuFault.Configuration, $"{name} is not in the assembly."));
}
