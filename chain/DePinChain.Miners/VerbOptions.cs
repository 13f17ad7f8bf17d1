using DePinChain.Client.Programs;
using DePinChain.Miners.Homes;

namespace DePinChain.Miners;

/// <summary>Options of a verb; each is taken once, and what nobody takes is an error.</summary>
internal sealed class VerbOptions
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public VerbOptions(string[] arguments)
    {
        for (int index = 0; index < arguments.Length; index++)
        {
            if (arguments[index] is "--json" or "--supervised" or "--receipts") _values[arguments[index]] = "";
            else if (index + 1 < arguments.Length) _values[arguments[index]] = arguments[++index];
            else throw new ExitException(ExitException.Usage, $"{arguments[index]} needs a value");
        }
    }

    public bool Flag(string name) => _values.Remove(name);

    public string? Find(string name) => _values.Remove(name, out string? value) ? value : null;

    public string Value(string name, string missing) => Find(name) ?? missing;

    public string Required(string name) => Find(name) ?? throw new ExitException(ExitException.Usage, $"{name} is missing");

    public ulong Number(string name, ulong missing)
    {
        if (Find(name) is not { } text) return missing;
        return ulong.TryParse(text, out ulong number) ? number
            : throw new ExitException(ExitException.Usage, $"{name} {text} is no number");
    }

    public SubnetRole? Role()
    {
        if (Find("--role") is not { } text) return null;
        return Enum.TryParse(text, ignoreCase: true, out SubnetRole role) && Enum.IsDefined(role) ? role
            : throw new ExitException(ExitException.Usage, $"--role is miner or validator, not '{text}'");
    }

    public void RequireNoMore()
    {
        if (_values.Count > 0) throw new ExitException(ExitException.Usage, $"{_values.Keys.First()} is not an option of this verb");
    }
}
