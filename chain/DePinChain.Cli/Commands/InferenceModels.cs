using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>The registry of models: what each consists of, who has it, and how a folder becomes one.</summary>
internal static class InferenceModels
{
    private const string Program = "DePinChain.Miners";

    // As the module numbers them.
    private static readonly string[] Profiles = ["-", "Tolerant", "ExactF32", "ExactInt8"];
    private static readonly string[] Formats = ["-", "binary32", "bfloat16"];
    private static readonly string[] Statuses = ["-", "active", "retired"];

    private static readonly Argument<ulong> Model = new("model") { Description = "The model's number." };

    public static Command Build() => new("models", "The registry of models by what they consist of.")
    {
        List(), Show(), Register(), Choose(), Retire(), Withdraw(),
    };

    private static Command List()
    {
        var command = new Command("list", "All models.");
        command.Runs(async (session, _, cancellation) =>
        {
            ModuleGateway inference = await InferenceCommands.GatewayAsync(session, cancellation);
            ulong count = await inference.CountAsync("modelCount", cancellation);
            var rows = new List<IReadOnlyList<JsonNode?>>();
            for (ulong number = 1; number <= count; number++)
            {
                AbiRecord model = await inference.RecordAsync("getModel", cancellation, (UInt256)number);
                AbiRecord spec = model.Record("spec");
                rows.Add(
                [
                    InferenceCommands.Text(number), Profiles[spec.Count("profile")], Formats[spec.Count("format")],
                    InferenceCommands.Text(spec.Count("weightsBytes")), Statuses[model.Count("status")],
                    InferenceCommands.Text(model.Count("subnets")), model.Address("owner").ToString(), spec.Text("uri"),
                ]);
            }

            session.Output.Rows(["model", "profile", "format", "bytes", "status", "subnets", "owner", "uri"], rows);
        });
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "A model: its roots, its thresholds, who owns it.") { Model };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway inference = await InferenceCommands.GatewayAsync(session, cancellation);
            AbiRecord model = await inference.RecordAsync("getModel", cancellation, (UInt256)parse.GetValue(Model));
            AbiRecord spec = model.Record("spec");
            bool isExact = spec.Count("profile") != 1;
            session.Output.Facts(
                ("model", InferenceCommands.Text(parse.GetValue(Model))), ("owner", model.Address("owner").ToString()),
                ("status", Statuses[model.Count("status")]), ("registeredAt", InferenceCommands.Text(model.Count("registeredAt"))),
                ("deposit", model.Amount("deposit").ToString()), ("subnets", InferenceCommands.Text(model.Count("subnets"))),
                ("profile", Profiles[spec.Count("profile")]), ("format", Formats[spec.Count("format")]),
                ("weightsRoot", spec.Hash("weightsRoot").ToString()), ("rowsRoot", spec.Hash("rowsRoot").ToString()),
                ("configHash", spec.Hash("configHash").ToString()), ("tokenizerHash", spec.Hash("tokenizerHash").ToString()),
                ("weightsBytes", InferenceCommands.Text(spec.Count("weightsBytes"))),
                ("thresholds", isExact ? "none: one right answer" : ThresholdText.Of(spec.Record("thresholds"))),
                ("uri", spec.Text("uri")));
        });
        return command;
    }

    private static Command Register()
    {
        var folder = new Option<DirectoryInfo>("--model") { Description = "A Hugging Face folder.", Required = true };
        var profile = new Option<string>("--profile")
        {
            Description = "ExactInt8, ExactF32 or Tolerant.",
            DefaultValueFactory = _ => "ExactInt8",
        };
        var thresholds = new Option<string?>("--thresholds")
        {
            Description = "For Tolerant: exponents,mean,median,tie,permille,margin, as 'depin worker calibrate' proposes them.",
        };
        var uri = new Option<string>("--uri") { Description = "Where the files are to be had.", DefaultValueFactory = _ => "" };
        var command = new Command("register", "Registers a folder by what it consists of; the deposit comes back once it is retired.")
        {
            folder, profile, thresholds, uri,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway inference = await InferenceCommands.GatewayAsync(session, cancellation);
            string printed = await SiblingProgram.PrintedAsync(
                Program, ["identity", "--model", parse.GetValue(folder)!.FullName, "--profile", parse.GetValue(profile)!], cancellation);
            JsonElement card = JsonDocument.Parse(printed).RootElement;
            ulong kind = card.GetProperty("profile").GetUInt64();
            UInt256[] limits = ThresholdText.Parse(parse.GetValue(thresholds), isExact: kind != 1);
            object?[] spec =
            [
                (UInt256)kind, (UInt256)card.GetProperty("format").GetUInt64(), Root(card, "weightsRoot"), Root(card, "rowsRoot"),
                Root(card, "configHash"), Root(card, "tokenizerHash"), (UInt256)card.GetProperty("weightsBytes").GetUInt64(),
                limits.Select(static limit => (object?)limit).ToArray(), parse.GetValue(uri),
            ];
            Amount deposit = (await GovernedParameters.LoadAsync(session.Node, cancellation)).Amount("inference", "modelDeposit");
            await TransactionFlow.SendAsync(
                session, inference.Plan("registerModel", deposit, [spec]), "register a model",
                [
                    ("profile", Profiles[kind]), ("weightsRoot", card.GetProperty("weightsRoot").GetString()),
                    ("deposit", deposit.ToString()),
                ],
                cancellation);
        });
        return command;
    }

    private static Command Choose()
    {
        var net = new Argument<uint>("netuid") { Description = "A subnet of --key." };
        var command = new Command("choose", "Says by which model the answers of a subnet's miners are audited.") { net, Model };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway inference = await InferenceCommands.GatewayAsync(session, cancellation);
            TransactionPlan plan = inference.Plan(
                "chooseModel", Amount.Zero, (UInt256)(ulong)parse.GetValue(net), (UInt256)parse.GetValue(Model));
            await TransactionFlow.SendAsync(
                session, plan, $"choose model {parse.GetValue(Model)} for subnet {parse.GetValue(net)}", cancellation);
        });
        return command;
    }

    private static Command Retire() => Simple("retire", "retireModel", "No other subnet may choose a model of --key.");

    private static Command Withdraw() =>
        Simple("withdraw", "withdrawModel", "Pays back the deposit of a retired model of --key that no subnet has.");

    private static Command Simple(string name, string method, string description)
    {
        var command = new Command(name, description) { Model };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway inference = await InferenceCommands.GatewayAsync(session, cancellation);
            await TransactionFlow.SendAsync(
                session, inference.Plan(method, Amount.Zero, (UInt256)parse.GetValue(Model)), $"{name} model {parse.GetValue(Model)}",
                cancellation);
        });
        return command;
    }

    private static byte[] Root(JsonElement card, string name) => Hash256.Parse(card.GetProperty(name).GetString()!).ToArray();
}

/// <summary>Thresholds of a tolerant model as text: exponents,mean,median,tie,permille,margin.</summary>
internal static class ThresholdText
{
    private const decimal Q16 = 65_536;

    // Which of the six are fractions of 65,536 on the chain.
    private static readonly bool[] IsQ16 = [false, true, false, true, false, true];

    // Those of the reference, with a margin of one logit and 95 % of exact tokens.
    private const string Usual = "38,10,8,1,950,0.1";

    public static UInt256[] Parse(string? text, bool isExact)
    {
        if (isExact)
        {
            return text is null ? new UInt256[IsQ16.Length]
                : throw CliFailure.Usage("an exact model has no thresholds", "leave --thresholds out, or register it as Tolerant");
        }

        string[] parts = (text ?? Usual).Split(',');
        var limits = new UInt256[IsQ16.Length];
        for (int at = 0; at < limits.Length; at++)
        {
            bool isRead = parts.Length == limits.Length
                & decimal.TryParse(
                    at < parts.Length ? parts[at] : "", NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value);
            if (!isRead || value > 1_000_000) throw CliFailure.Usage($"'{text}' is not six numbers", $"for example --thresholds {Usual}");
            limits[at] = (ulong)decimal.Round(IsQ16[at] ? value * Q16 : value);
        }

        return limits;
    }

    public static string Of(AbiRecord limits) => string.Join(',', limits.Values.Select(static (value, at) =>
        (IsQ16[at] ? (ulong)(UInt256)value! / Q16 : (ulong)(UInt256)value!).ToString("0.####", CultureInfo.InvariantCulture)));
}
