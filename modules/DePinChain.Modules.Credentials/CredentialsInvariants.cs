using DePinChain.Primitives;

namespace DePinChain.Modules.Credentials;

/// <summary>What always holds of credentials: coins only pass through.</summary>
internal static class CredentialsInvariants
{
    /// <summary>True when a payment has left the module's account: one to the account itself would strand there.</summary>
    /// <param name="before">What it owned when the payment was with it.</param>
    /// <param name="after">What it owns now.</param>
    /// <param name="value">The payment.</param>
    public static bool HasPassed(Amount before, Amount after, Amount value) => after + value == before;
}
