using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>One tuple that a view of the Staking module answered, by the names of its ABI.</summary>
internal sealed class StakingRecord(IReadOnlyList<AbiParameter> fields, IReadOnlyList<object?> values)
{
    public IReadOnlyList<object?> Values => values;

    public Address Address(string name) => (Address)this[name]!; // the ABI says so, as in the lines below

    public UInt256 Number(string name) => (UInt256)this[name]!;

    public string Text(string name) => (string)this[name]!;

    public bool Flag(string name) => (bool)this[name]!;

    public Amount Amount(string name) => Primitives.Amount.TryFrom(Number(name), out Amount amount) ? amount : Primitives.Amount.Zero;

    /// <summary>Hex as a person reads it, amounts in DPN, rates in percent, everything else as it is.</summary>
    public JsonNode? Shown(string name)
    {
        if (name.EndsWith("Wad", StringComparison.Ordinal)) return Percent.Show(Number(name));
        return name is "tokens" or "selfBond" or "minSelfBond" or "initial" or "balance" or "outstanding" or "commission"
            ? Amount(name).ToString()
            : AbiValues.ToJson(this[name]);
    }

    private object? this[string name] => values[IndexOf(name)];

    private int IndexOf(string name)
    {
        for (int index = 0; index < fields.Count; index++)
        {
            if (string.Equals(fields[index].Name, name, StringComparison.OrdinalIgnoreCase)) return index;
        }

        throw new CliFailure(ExitCode.RejectedByChain, "OtherStaking", $"this node's staking module tells no '{name}'")
        {
            Hint = "use the depin that came with the node",
        };
    }
}

/// <summary>Rates as people write them, <c>5%</c> or <c>0.05</c>, and as the chain does, in units of 10^-18.</summary>
internal static class Percent
{
    private const decimal Wad = 1_000_000_000_000_000_000m;

    public static ulong Parse(string text)
    {
        bool isPercent = text.EndsWith('%');
        bool isRead = decimal.TryParse(
            text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number);
        decimal rate = isPercent ? number / 100 : number;
        if (!isRead || rate > 1 || rate * Wad % 1 != 0) throw CliFailure.Usage($"'{text}' is not a rate", "for example 5% or 0.05");
        return (ulong)(rate * Wad);
    }

    public static string Show(UInt256 wad) =>
        ((decimal)(ulong)wad / Wad * 100).ToString("0.################", CultureInfo.InvariantCulture) + "%";
}
