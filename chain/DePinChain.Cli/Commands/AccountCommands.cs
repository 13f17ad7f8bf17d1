using System.CommandLine;
using System.Globalization;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Balances, nonces and plain transfers.</summary>
internal static class AccountCommands
{
    private static readonly Argument<string> Account = new("account") { Description = "0x…, a key's name, or dev0 to dev9." };
    private static readonly Option<string> At = new("--block")
    {
        Description = "A height, or latest.",
        DefaultValueFactory = _ => "latest"
    };

    public static Command Build() => new("account", "Balances, nonces and transfers.") { Balance(), Nonce(), Send() };

    public static string BlockTag(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong height) ? Hex.Quantity(height) : text;

    private static Command Balance()
    {
        var command = new Command("balance", "The balance of an account, now or at an earlier block.") { Account, At };
        command.Runs(async (session, parse, cancellation) =>
        {
            Address address = Session.AddressOf(parse.GetValue(Account)!);
            UInt256 wei = await session.Node.QuantityAsync("eth_getBalance", cancellation, address.ToString(),
                BlockTag(parse.GetValue(At)!));
            session.Output.Facts(("address", address.ToString()),
                ("balance", Amount.TryFrom(wei, out Amount amount) ? amount.ToString() : "-"), ("wei", wei.ToString()));
        });
        return command;
    }

    private static Command Nonce()
    {
        var command = new Command("nonce", "The next nonce of an account, in the last block and after what waits.") { Account };
        command.Runs(async (session, parse, cancellation) =>
        {
            string address = Session.AddressOf(parse.GetValue(Account)!).ToString();
            UInt256 latest = await session.Node.QuantityAsync("eth_getTransactionCount", cancellation, address, "latest");
            UInt256 pending = await session.Node.QuantityAsync("eth_getTransactionCount", cancellation, address, "pending");
            session.Output.Facts(("address", address), ("latest", latest.ToString()), ("pending", pending.ToString()));
        });
        return command;
    }

    private static Command Send()
    {
        var to = new Argument<string>("to") { Description = "The recipient." };
        var amount = new Argument<string>("amount") { Description = "In DPN, for example 1.5." };
        var nonce = new Option<ulong?>("--nonce") { Description = "Instead of the next one." };
        var command = new Command("send", "Sends DPN from --key.") { to, amount, nonce };
        command.Runs(async (session, parse, cancellation) =>
        {
            Address recipient = Session.AddressOf(parse.GetValue(to)!);
            Amount value = Session.AmountOf(parse.GetValue(amount)!);
            await TransactionFlow.SendAsync(session, new TransactionPlan(recipient, value.ToUInt256(), [], parse.GetValue(nonce)),
                $"send {value} to {recipient}", cancellation);
        });
        return command;
    }
}
