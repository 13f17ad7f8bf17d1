using System.Text.Json.Nodes;

namespace DePinChain.Cli.Commands;

/// <summary>Asks a person before something that cannot be taken back; a script is never asked.</summary>
internal static class Confirmation
{
    /// <summary>Returns when the answer is yes, when nobody can be asked, or when there is nothing to consider.</summary>
    /// <exception cref="CliFailure">The answer is no.</exception>
    public static void Ask(Session session, string what, IReadOnlyList<(string Name, JsonNode? Value)> effects)
    {
        if (effects.Count == 0 || session.IsYes || !session.Output.IsForPeople || Console.IsInputRedirected) return;
        Console.Error.WriteLine(what);
        foreach ((string name, JsonNode? value) in effects) Console.Error.WriteLine($"  {name}  {value?.ToString() ?? "-"}");
        Console.Error.Write("go on? [y/N] ");
        string answer = Console.In.ReadLine()?.Trim() ?? "";
        if (answer.StartsWith('y') || answer.StartsWith('Y')) return;
        throw new CliFailure(ExitCode.Usage, "NotConfirmed", "nothing was sent") { Hint = "answer y, or add --yes" };
    }
}
