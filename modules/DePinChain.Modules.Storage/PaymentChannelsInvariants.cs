namespace DePinChain.Modules.Storage;

/// <summary>What always holds of payment channels.</summary>
internal static class PaymentChannelsInvariants
{
    /// <summary>The module holds of each token what is left in all channels.</summary>
    public static IEnumerable<string> Of(uint token, UInt128 left, UInt128 held)
    {
        if (left != held) yield return $"payment channels: {left} base units of token {token} are left, but {held} held";
    }
}
