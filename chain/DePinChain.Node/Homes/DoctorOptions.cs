using DePinChain.Engine;

namespace DePinChain.Node.Homes;

/// <summary>What the command line asks of a check-up; names are those of <c>depin node doctor</c>.</summary>
internal sealed record DoctorOptions(string Home, bool Json)
{
    public const string Usage = "usage: DePinChain.Node doctor --home DIR [--json]";

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="RefusalException">One of them is unknown.</exception>
    public static DoctorOptions Parse(IEnumerable<string> arguments)
    {
        DoctorOptions options = new("", Json: false);
        ArgumentReader reader = new(arguments, Usage);
        while (reader.TryNext(out string name))
        {
            options = name switch
            {
                "--home" => options with { Home = new NodeHome(reader.Value(name)).Path },
                "--json" => options with { Json = true },
                _ => throw reader.Unknown(name),
            };
        }

        return options.Home.Length > 0 ? options : throw reader.Wrong("--home is missing");
    }
}
