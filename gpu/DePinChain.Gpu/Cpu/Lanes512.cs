using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DePinChain.Gpu.Cpu;

/// <summary>Sixteen lanes in one vector of 512 bits.</summary>
internal readonly unsafe struct Lanes512(Vector512<float> value) : ILanes<Lanes512>
{
    private readonly Vector512<float> _value = value;

    public static Lanes512 Zero => default;

    public static Lanes512 Splat(float value) => new(Vector512.Create(value));

    public static Lanes512 Load(float* from) => new(Vector512.Load(from));

    public static void Store(Lanes512 value, float* to) => value._value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) => new(Avx512F.FusedMultiplyAdd(a._value, b._value, c._value));

    public static Lanes512 Add(Lanes512 a, Lanes512 b) => new(a._value + b._value);

    public static Lanes512 Multiply(Lanes512 a, Lanes512 b) => new(a._value * b._value);

    public static Lanes512 Divide(Lanes512 a, Lanes512 b) => new(a._value / b._value);

    public static Lanes512 Negate(Lanes512 a) => new(a._value ^ Vector512.Create(-0f));

    public static Lanes512 Exp(Lanes512 x)
    {
        Vector512<float> value = x._value;
        Vector512<float> shifted = Fma(value, Vector512.Create(ExactMath.InverseLn2), Vector512.Create(ExactMath.Shift));
        Vector512<float> n = shifted - Vector512.Create(ExactMath.Shift);
        Vector512<float> r = Fma(n, Vector512.Create(-ExactMath.Ln2High), value);
        r = Fma(n, Vector512.Create(ExactMath.Ln2Low), r);
        Vector512<float> p = Fma(Vector512.Create(ExactMath.Exp6), r, Vector512.Create(ExactMath.Exp5));
        p = Fma(p, r, Vector512.Create(ExactMath.Exp4));
        p = Fma(p, r, Vector512.Create(ExactMath.Exp3));
        p = Fma(p, r, Vector512.Create(0.5f));
        p = Fma(p, r, Vector512.Create(1f));
        p = Fma(p, r, Vector512.Create(1f));
        Vector512<uint> scaled = p.AsUInt32() + ((shifted.AsUInt32() - Vector512.Create(ExactMath.ShiftBits)) << 23);
        Vector512<float> result = Vector512.ConditionalSelect(
            Vector512.GreaterThan(value, Vector512.Create(ExactMath.ExpMax)), Vector512.Create(float.PositiveInfinity), scaled.AsSingle());
        result = Vector512.ConditionalSelect(Vector512.LessThan(value, Vector512.Create(ExactMath.ExpMin)), default, result);
        return new(Vector512.ConditionalSelect(Vector512.Equals(value, value), result, value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fma(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Avx512F.FusedMultiplyAdd(a, b, c);
}
