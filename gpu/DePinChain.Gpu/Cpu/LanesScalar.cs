using System.Runtime.CompilerServices;

namespace DePinChain.Gpu.Cpu;

/// <summary>Sixteen numbers one after the other: the reference.</summary>
[InlineArray(16)]
internal unsafe struct LanesScalar : ILanes<LanesScalar>
{
    private float _first;

    public static LanesScalar Zero => default;

    public static LanesScalar Splat(float value) => Map(default, default, default, (_, _, _, v) => v, value);

    public static LanesScalar Load(float* from)
    {
        LanesScalar lanes = default;
        for (int lane = 0; lane < 16; lane++) lanes[lane] = from[lane];
        return lanes;
    }

    public static void Store(LanesScalar value, float* to)
    {
        for (int lane = 0; lane < 16; lane++) to[lane] = value[lane];
    }

    public static LanesScalar MultiplyAdd(LanesScalar a, LanesScalar b, LanesScalar c)
    {
        for (int lane = 0; lane < 16; lane++) c[lane] = MathF.FusedMultiplyAdd(a[lane], b[lane], c[lane]);
        return c;
    }

    public static LanesScalar Add(LanesScalar a, LanesScalar b) => Map(a, b, default, static (x, y, _, _) => x + y, 0);

    public static LanesScalar Multiply(LanesScalar a, LanesScalar b) => Map(a, b, default, static (x, y, _, _) => x * y, 0);

    public static LanesScalar Divide(LanesScalar a, LanesScalar b) => Map(a, b, default, static (x, y, _, _) => x / y, 0);

    public static LanesScalar Negate(LanesScalar a) => Map(a, default, default, static (x, _, _, _) => -x, 0);

    public static LanesScalar Exp(LanesScalar x) => Map(x, default, default, static (v, _, _, _) => ExactMath.Exp(v), 0);

    private static LanesScalar Map(
        LanesScalar a, LanesScalar b, LanesScalar c, Func<float, float, float, float, float> operation, float value)
    {
        for (int lane = 0; lane < 16; lane++) c[lane] = operation(a[lane], b[lane], c[lane], value);
        return c;
    }
}
