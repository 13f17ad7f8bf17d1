namespace DePinChain.Inference.Llama;

/// <summary>How a model's arithmetic is done, and so what a verdict can be.</summary>
public enum ArithmeticProfile : byte
{
    /// <summary>bfloat16 at Hugging Face's rounding points: comparable with other engines within thresholds, never slashed for.</summary>
    Tolerant = 1,

    /// <summary>Single precision, the same bits on every device.</summary>
    ExactF32 = 2,

    /// <summary>Signed bytes with sums of 32 bits and single-precision scales, the same bits on every device.</summary>
    ExactInt8 = 3,
}
