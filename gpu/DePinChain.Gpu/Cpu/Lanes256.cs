using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DePinChain.Gpu.Cpu;

/// <summary>Sixteen lanes in two vectors of 256 bits.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> low, Vector256<float> high) : ILanes<Lanes256>
{
    private readonly Vector256<float> _low = low;
    private readonly Vector256<float> _high = high;

    public static Lanes256 Zero => default;

    public static Lanes256 Splat(float value) => new(Vector256.Create(value), Vector256.Create(value));

    public static Lanes256 Load(float* from) => new(Vector256.Load(from), Vector256.Load(from + 8));

    public static void Store(Lanes256 value, float* to)
    {
        value._low.Store(to);
        value._high.Store(to + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Fma.MultiplyAdd(a._low, b._low, c._low), Fma.MultiplyAdd(a._high, b._high, c._high));

    public static Lanes256 Add(Lanes256 a, Lanes256 b) => new(a._low + b._low, a._high + b._high);

    public static Lanes256 Multiply(Lanes256 a, Lanes256 b) => new(a._low * b._low, a._high * b._high);

    public static Lanes256 Divide(Lanes256 a, Lanes256 b) => new(a._low / b._low, a._high / b._high);

    public static Lanes256 Negate(Lanes256 a) => new(a._low ^ Vector256.Create(-0f), a._high ^ Vector256.Create(-0f));

    public static Lanes256 Exp(Lanes256 x) => new(Exp(x._low), Exp(x._high));

    private static Vector256<float> Exp(Vector256<float> value)
    {
        Vector256<float> shifted = Fma.MultiplyAdd(value, Vector256.Create(ExactMath.InverseLn2), Vector256.Create(ExactMath.Shift));
        Vector256<float> n = shifted - Vector256.Create(ExactMath.Shift);
        Vector256<float> r = Fma.MultiplyAdd(n, Vector256.Create(-ExactMath.Ln2High), value);
        r = Fma.MultiplyAdd(n, Vector256.Create(ExactMath.Ln2Low), r);
        Vector256<float> p = Fma.MultiplyAdd(Vector256.Create(ExactMath.Exp6), r, Vector256.Create(ExactMath.Exp5));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(ExactMath.Exp4));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(ExactMath.Exp3));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(0.5f));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(1f));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(1f));
        Vector256<uint> scaled = p.AsUInt32() + ((shifted.AsUInt32() - Vector256.Create(ExactMath.ShiftBits)) << 23);
        Vector256<float> result = Vector256.ConditionalSelect(
            Vector256.GreaterThan(value, Vector256.Create(ExactMath.ExpMax)), Vector256.Create(float.PositiveInfinity), scaled.AsSingle());
        result = Vector256.ConditionalSelect(Vector256.LessThan(value, Vector256.Create(ExactMath.ExpMin)), default, result);
        return Vector256.ConditionalSelect(Vector256.Equals(value, value), result, value);
    }
}
