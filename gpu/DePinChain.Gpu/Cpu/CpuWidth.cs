using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DePinChain.Gpu.Cpu;

/// <summary>How many bits of a vector the CPU backend uses. All widths give the same bits.</summary>
public enum CpuWidth
{
    /// <summary>No vectors.</summary>
    Scalar = 0,

    /// <summary>AVX2 with FMA.</summary>
    Bits256 = 256,

    /// <summary>AVX-512 F, BW and VL.</summary>
    Bits512 = 512,
}

/// <summary>What this machine's processor offers; <c>DOTNET_EnableAVX512=0</c> and <c>DOTNET_EnableAVX2=0</c> take it away.</summary>
public static class CpuWidths
{
    /// <summary>The widest.</summary>
    public static CpuWidth Widest => IsSupported(CpuWidth.Bits512) ? CpuWidth.Bits512
        : IsSupported(CpuWidth.Bits256) ? CpuWidth.Bits256 : CpuWidth.Scalar;

    /// <summary>All that there are, the narrowest first.</summary>
    public static IReadOnlyList<CpuWidth> Supported =>
        [.. new[] { CpuWidth.Scalar, CpuWidth.Bits256, CpuWidth.Bits512 }.Where(IsSupported)];

    /// <summary>Whether a width can be used here.</summary>
    public static bool IsSupported(CpuWidth width) => width switch
    {
        CpuWidth.Bits512 => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported && Avx512F.VL.IsSupported,
        CpuWidth.Bits256 => Avx2.IsSupported && Fma.IsSupported,
        _ => true,
    };
}
