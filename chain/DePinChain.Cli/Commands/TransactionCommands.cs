using System.CommandLine;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Looking at, waiting for, replacing and sending transactions.</summary>
internal static class TransactionCommands
{
    private static readonly Argument<string> HashArgument = new("hash") { Description = "A transaction's hash." };

    public static Command Build() => new("tx", "Show, decode, wait for, replace and send transactions.")
    {
        Show(), Decode(), Wait(), Replace("cancel", "Replaces a waiting transaction of --key by an empty one with a 12.5 % higher fee.",
            cancels: true),
        Replace("speedup", "Sends a waiting transaction of --key again with a 12.5 % higher fee.", cancels: false), SendRaw(), Simulate(),
    };

    private static Hash256 HashOf(ParseResult parse) => Hash256.TryParse(parse.GetValue(HashArgument), out Hash256 hash) ? hash
        : throw CliFailure.Usage($"'{parse.GetValue(HashArgument)}' is not a transaction's hash", "0x and 64 hex digits");

    private static Command Show()
    {
        var command = new Command("show", "A transaction with its decoded call, receipt and events.") { HashArgument };
        command.Runs(async (session, parse, cancellation) =>
        {
            Hash256 hash = HashOf(parse);
            JsonNode transaction = await session.Node.CallAsync("eth_getTransactionByHash", cancellation, hash.ToString())
                ?? throw new CliFailure(ExitCode.RejectedByChain, "UnknownTransaction",
                    $"the node knows no transaction {hash}")
                { Hint = "depin tx wait HASH waits for one that was just sent" };
            var receipt = await session.Node.CallAsync("eth_getTransactionReceipt", cancellation, hash.ToString()) as JsonObject;
            ModuleDirectory modules = await session.ModulesAsync(cancellation);
            session.Output.Facts(
                ("transaction", hash.ToString()),
                ("status", receipt is null ? "pending" : receipt["status"]?.GetValue<string>() == "0x1" ? "succeeded" : "reverted"),
                ("block", receipt is null ? null : TransactionFlow.Decimal(receipt["blockNumber"])),
                ("from", transaction["from"]?.DeepClone()),
                ("to", transaction["to"]?.DeepClone()),
                ("value", TransactionFlow.AmountOf(transaction["value"]).ToString()),
                ("nonce", TransactionFlow.Decimal(transaction["nonce"])),
                ("call", DecodedViews.Call(modules, transaction["to"]?.GetValue<string>(), transaction["input"]?.GetValue<string>())),
                ("gasUsed", receipt is null ? null : TransactionFlow.Decimal(receipt["gasUsed"])),
                ("fee", receipt is null ? null : TransactionFlow.FeeOf(receipt).ToString()),
                ("events", receipt is null ? null : new JsonArray((receipt["logs"] as JsonArray ?? [])
                    .Select(log => (JsonNode?)DecodedViews.Log(modules, log!)).ToArray())));
        });
        return command;
    }

    private static Command Decode()
    {
        var raw = new Argument<string>("raw") { Description = "A signed transaction as hex." };
        var command = new Command("decode", "Decodes a signed transaction without sending it.") { raw };
        command.Runs((session, parse, _) =>
        {
            Transaction transaction = Parse(parse.GetValue(raw)!);
            session.Output.Facts(
                ("hash", transaction.Hash.ToString()),
                ("type", transaction.Type.ToString()),
                ("from", SenderRecovery.TryRecover(transaction, out Address sender) ? sender.ToString() : "its signature is not valid"),
                ("to", transaction.To?.ToString()),
                ("value", transaction.Value.ToString()),
                ("chainId", transaction.ChainId),
                ("nonce", transaction.Nonce),
                ("gasLimit", transaction.GasLimit),
                ("maxFeePerGas", transaction.MaxFeePerGas.ToString()),
                ("maxPriorityFeePerGas", transaction.MaxPriorityFeePerGas.ToString()),
                ("data", Hex.Encode(transaction.Data.Span)));
            return Task.CompletedTask;
        });
        return command;
    }

    private static Command Wait()
    {
        var command = new Command("wait", "Waits until a transaction is in a block.") { HashArgument };
        command.Runs((session, parse, cancellation) => TransactionFlow.FinishAsync(session, sender: null, HashOf(parse), cancellation));
        return command;
    }

    private static Command Replace(string verb, string description, bool cancels)
    {
        var command = new Command(verb, description) { HashArgument };
        command.Runs(async (session, parse, cancellation) =>
        {
            Hash256 hash = HashOf(parse);
            JsonNode? old = await session.Node.CallAsync("eth_getTransactionByHash", cancellation, hash.ToString());
            if (old is null || old["blockNumber"] is not null)
                throw new CliFailure(ExitCode.RejectedByChain, "NotPending",
                    $"transaction {hash} is not waiting")
                { Hint = "only a waiting transaction can be replaced: depin tx show HASH" };
            using PrivateKey key = await session.KeyAsync(cancellation);
            if (old["from"]?.GetValue<string>() is not { } from || Address.Parse(from) != key.Address)
                throw CliFailure.Usage($"transaction {hash} is not of {key.Address}", "choose its sender with --key");
            UInt256 nonce = JsonQuantity.OrZero(old["nonce"]);
            Address to = cancels ? key.Address : Address.Parse(old["to"]!.GetValue<string>());
            UInt256 value = cancels ? UInt256.Zero : JsonQuantity.OrZero(old["value"]);
            byte[] data = cancels ? [] : Hex.Decode(old["input"]!.GetValue<string>());
            var plan = new TransactionPlan(to, value, data, (ulong)nonce, cancels ? 21_000 : null,
                Raised(old["maxFeePerGas"] ?? old["gasPrice"]), Raised(old["maxPriorityFeePerGas"] ?? old["gasPrice"]));
            await TransactionFlow.SendAsync(session, plan, $"{verb} {hash}", cancellation);
        });
        return command;
    }

    private static Command SendRaw()
    {
        var raw = new Argument<string>("raw") { Description = "A signed transaction as hex." };
        var command = new Command("send-raw", "Sends a transaction that was signed elsewhere.") { raw };
        command.Runs(async (session, parse, cancellation) =>
        {
            Transaction transaction = Parse(parse.GetValue(raw)!);
            await session.Node.CallAsync("eth_sendRawTransaction", cancellation, parse.GetValue(raw));
            if (session.Waits)
                await TransactionFlow.FinishAsync(session, sender: null, transaction.Hash, cancellation);
            else
                session.Output.Facts(("transaction", transaction.Hash.ToString()), ("status", "accepted"));
        });
        return command;
    }

    private static Command Simulate()
    {
        var to = new Argument<string>("to") { Description = "Recipient or module." };
        var data = new Option<string>("--data") { Description = "Calldata as hex.", DefaultValueFactory = _ => "0x" };
        var value = new Option<string>("--value") { Description = "In DPN.", DefaultValueFactory = _ => "0" };
        var command = new Command("simulate", "Runs a call of --key against the latest state: its result and its gas, or why it " +
            "reverts.") { to, data, value };
        command.Runs(async (session, parse, cancellation) =>
        {
            if (!Hex.TryDecode(parse.GetValue(data), out byte[] bytes))
                throw CliFailure.Usage("--data takes hex with 0x");
            using PrivateKey key = await session.KeyAsync(cancellation);
            JsonObject call = new TransactionSender(session.Node, key).CallObject(
                new TransactionPlan(Session.AddressOf(parse.GetValue(to)!), Session.AmountOf(parse.GetValue(value)!).ToUInt256(), bytes));
            JsonNode? result = await session.Node.CallAsync("eth_call", cancellation, call.DeepClone(), "latest");
            UInt256 gas = await session.Node.QuantityAsync("eth_estimateGas", cancellation, call.DeepClone());
            session.Output.Facts(("result", result), ("gas", gas.ToString()));
        });
        return command;
    }

    private static Transaction Parse(string raw)
    {
        if (!Hex.TryDecode(raw, out byte[] bytes))
            throw CliFailure.Usage("a raw transaction is hex with 0x");
        return TransactionCodec.TryDecode(bytes, out Transaction? transaction, out Rejection? rejection) ? transaction
            : throw new CliFailure(ExitCode.RejectedByChain, rejection.Name, rejection.Message)
            {
                Needed = rejection.Needed,
                Had = rejection.Had,
                Hint = rejection.Hint
            };
    }

    /// <summary>An eighth more: above the pool's tenth, rounded up.</summary>
    private static UInt256 Raised(JsonNode? fee)
    {
        UInt256 old = JsonQuantity.OrZero(fee);
        return old + (old / 8) + UInt256.One;
    }
}
