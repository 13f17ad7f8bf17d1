using System.Collections.Generic;
using System.Linq;

namespace DePinChain.Modules.Generators;

/// <summary>Writes the typed calls of a module: calldata for clients and tests, and the decoding of results.</summary>
internal static class CallsEmitter
{
    private const string Suffix = "Module";

    public static void Emit(CodeWriter code, Module module)
    {
        if (module.Functions.Count == 0) return;
        string bare = module.Type.Name.EndsWith(Suffix, System.StringComparison.Ordinal)
            ? module.Type.Name.Substring(0, module.Type.Name.Length - Suffix.Length)
            : module.Type.Name;
        code.Line();
        code.Line($"/// <summary>Calldata of {module.Name}, and its results.</summary>");
        code.Open($"{(module.Type.IsPublic ? "public" : "internal")} static class {bare}Calls");
        SortedDictionary<string, int> results = new(System.StringComparer.Ordinal);
        foreach (Function function in module.Functions)
        {
            EmitCall(code, function);
            if (function.Outputs.Count == 0) continue;

            // Results of overloads take the same bytes: the second is told from the first by a number.
            results.TryGetValue(function.Method, out int earlier);
            results[function.Method] = earlier + 1;
            EmitResult(code, function, earlier == 0 ? "" : (earlier + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        code.Close();
    }

    private static void EmitCall(CodeWriter code, Function function)
    {
        string inputs = string.Join(", ", function.Inputs.Select((input, i) => $"{input.Type.CSharp} @{input.Name}"));
        code.Line($"/// <summary>Calldata of <c>{function.Signature}</c>.</summary>");
        code.Open($"public static byte[] {function.Method}({inputs})");
        code.Line($"AbiWriter writer = new(headWords: {AbiEmitter.HeadWords(function.Inputs)});");
        foreach (Field input in function.Inputs) code.Line(AbiEmitter.Write(input.Type, "writer", "@" + input.Name));
        code.Line($"return writer.ToArray(Calldata.SelectorBytes({ModuleEmitter.Hex(function.Selector)}));");
        code.Close();
        code.Line();
    }

    private static void EmitResult(CodeWriter code, Function function, string number)
    {
        string type = function.ReturnsTuple
            ? "(" + string.Join(", ", function.Outputs.Select(output => $"{output.Type.CSharp} {output.Name}")) + ")"
            : function.Outputs[0].Type.CSharp;
        string values = string.Join(
            ", ", function.Outputs.Select(output => AbiEmitter.Read(output.Type, 0, "reader", AbiEmitter.Unbounded)));
        code.Line($"/// <summary>What <c>{function.Signature}</c> returned.</summary>");
        code.Open($"public static {type} {function.Method}Result{number}(ReadOnlySpan<byte> returned)");
        code.Line("AbiReader reader = new(returned);");
        code.Line($"return {(function.ReturnsTuple ? $"({values})" : values)};");
        code.Close();
        code.Line();
    }
}
