namespace DePinChain.Primitives;

/// <summary>Where a division goes that does not come out even. Every division of money names one.</summary>
public enum Rounding
{
    /// <summary>Towards zero.</summary>
    Down = 0,

    /// <summary>Away from zero.</summary>
    Up = 1,
}
