using DePinChain.Client;
using DePinChain.Client.Files;

namespace DePinChain.Cli;

/// <summary>What the chain refused, as failures with a hint.</summary>
internal static class Refusals
{
    public static CliFailure OfRevert(DecodedRevert revert, string? transaction)
    {
        (string Name, object? Value)? needed = revert.Arguments.FirstOrDefault(argument =>
            argument.Name is "needed" or "expected" or "required" or "minimum" or "maximum");
        (string Name, object? Value)? had = revert.Arguments.FirstOrDefault(argument =>
            argument.Name is "had" or "actual" or "have" or "given");
        return new CliFailure(ExitCode.RejectedByChain, revert.Name, revert.Text)
        {
            Needed = needed is { Name: not null } ? AbiValues.Format(needed.Value.Value) : null,
            Had = had is { Name: not null } ? AbiValues.Format(had.Value.Value) : null,
            Hint = $"depin explain {revert.Name}",
            Transaction = transaction,
        };
    }

    public static CliFailure OfNode(NodeRefusedException refused) => new(ExitCode.RejectedByChain, NameOf(refused), refused.Message)
    {
        Hint = HintOf(refused.Message),
    };

    public static CliFailure OfProvider(ProviderRefusedException refused) =>
        new(ExitCode.RejectedByChain, refused.Refusal.Error, refused.Message)
        {
            Needed = refused.Refusal.Needed,
            Had = refused.Refusal.Had,
            Hint = refused.Refusal.Hint,
        };

    private static string NameOf(NodeRefusedException refused) => refused.Code switch
    {
        -32700 or -32600 or -32602 => "InvalidRequest",
        -32601 => "UnknownMethod",
        -32005 => "LimitExceeded",
        _ => "Refused",
    };

    private static string? HintOf(string message)
    {
        if (message.Contains("insufficient funds", StringComparison.Ordinal))
            return "on a localnet: depin localnet faucet ADDRESS 100";
        if (message.Contains("nonce too low", StringComparison.Ordinal))
            return "another transaction took that nonce; send again without --nonce";
        if (message.Contains("underpriced", StringComparison.Ordinal))
            return "raise the fee by at least 10 %: depin tx speedup HASH";
        return null;
    }
}
