using System.CommandLine;

namespace DePinChain.Cli.Commands;

/// <summary>Shell completion through the command line's own suggestions.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _depin() {
          local line="${COMP_LINE:0:$COMP_POINT}"
          mapfile -t COMPREPLY < <(depin "[suggest:${#line}]" "$line" 2>/dev/null | grep -E "^${COMP_WORDS[COMP_CWORD]}")
        }
        complete -F _depin depin
        """;

    private const string Zsh = """
        #compdef depin
        _depin() {
          local -a found
          found=("${(@f)$(depin "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
          compadd -- "${found[@]}"
        }
        compdef _depin depin
        """;

    private const string Fish = """
        complete -f -c depin -a '(depin "[suggest:"(string length (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName depin -ScriptBlock {
          param($word, $ast, $position)
          depin "[suggest:$position]" "$ast" | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }
        """;

    public static Command Build()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };
        var command = new Command("completion", "Prints a completion script, for example: source <(depin completion bash)") { shell };
        command.Runs((session, parse, _) =>
        {
            session.Output.Raw(parse.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                "pwsh" => PowerShell,
                string other => throw CliFailure.Usage($"there is no completion for '{other}'", "bash, zsh, fish or pwsh"),
                null => throw CliFailure.Usage("name a shell: bash, zsh, fish or pwsh"),
            });
            return Task.CompletedTask;
        });
        return command;
    }
}
