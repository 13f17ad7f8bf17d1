namespace DePinChain.Gpu.Cpu;

/// <summary>
/// Sixteen numbers in single precision side by side, in one, two or no vectors. Each operation rounds once, to nearest even.
/// </summary>
internal unsafe interface ILanes<T>
    where T : struct, ILanes<T>
{
    static abstract T Zero { get; }

    static abstract T Splat(float value);

    static abstract T Load(float* from);

    static abstract void Store(T value, float* to);

    static abstract T MultiplyAdd(T a, T b, T c);

    static abstract T Add(T a, T b);

    static abstract T Multiply(T a, T b);

    static abstract T Divide(T a, T b);

    static abstract T Negate(T a);

    /// <summary>e^x as <see cref="ExactMath.Exp"/> computes it.</summary>
    static abstract T Exp(T x);
}
