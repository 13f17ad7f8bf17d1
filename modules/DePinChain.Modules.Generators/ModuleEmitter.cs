using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace DePinChain.Modules.Generators;

/// <summary>Writes a module's second half: descriptor, dispatch, slots, and the typed calls beside it.</summary>
internal static class ModuleEmitter
{
    public static string Emit(Module module, IReadOnlyList<Message> events, IReadOnlyList<Message> errors)
    {
        CodeWriter code = CodeWriter.ForFile(module.Type.Namespace);
        Slot? parameters = SlotEmitter.FindParameters(module.Slots);
        code.Open($"partial class {module.Type.Name} : IModule{(parameters is null ? "" : ", IModuleParameters")}");
        EmitDescriptor(code, module, events, errors);
        EmitDispatch(code, module);
        foreach (Function function in module.Functions) EmitFunction(code, function);
        SlotEmitter.EmitGetters(code, module.State, module.Slots);
        if (parameters is not null) SlotEmitter.EmitParameterMembers(code, parameters);
        code.Close();

        CallsEmitter.Emit(code, module);
        AbiEmitter.EmitClass(
            code, module.Functions.SelectMany(function => function.Inputs.Concat(function.Outputs)).Select(field => field.Type));
        RecordEmitter.EmitCodecs(code, module.Slots);
        if (parameters is not null) SlotEmitter.EmitParameterFields(code, parameters.Value!);
        return code.ToString();
    }

    public static string EmitPart(Part part)
    {
        CodeWriter code = CodeWriter.ForFile(part.Type.Namespace);
        code.Open($"partial class {part.Type.Name}");
        SlotEmitter.EmitGetters(code, part.State, part.Slots);
        code.Close();
        RecordEmitter.EmitCodecs(code, part.Slots);
        return code.ToString();
    }

    /// <summary>A selector as C# and people write it.</summary>
    public static string Hex(uint selector) => "0x" + selector.ToString("x8", CultureInfo.InvariantCulture);

    private static void EmitDescriptor(CodeWriter code, Module module, IReadOnlyList<Message> events, IReadOnlyList<Message> errors)
    {
        string address = module.Address.Length == 0 ? "default" : $"global::DePinChain.Primitives.Address.Parse(\"{module.Address}\")";
        code.Line("/// <summary>The module's published description.</summary>");
        code.Line($"public static ModuleDescriptor Descriptor {{ get; }} = new(");
        code.Line($"    {CodeWriter.Literal(module.Name)},");
        code.Line($"    {address},");
        code.Line($"    {CodeWriter.Literal(AbiJson.Of(module, events, errors))},");
        code.Line($"    {CodeWriter.Literal(LayoutJson.Of(module))},");
        code.Line($"    {CodeWriter.Literal(DocsJson.Of(module, events, errors))});");
        code.Line();
        code.Line("/// <inheritdoc/>");
        code.Line($"public Address Address => {(module.Address.Length == 0 ? module.State + ".Module" : "Descriptor.Address")};");
        code.Line();
        string descriptor = module.Address.Length == 0 ? "Descriptor with { Address = Address }" : "Descriptor";
        code.Line($"ModuleDescriptor IModule.Descriptor => {descriptor};");
        code.Line();
    }

    private static void EmitDispatch(CodeWriter code, Module module)
    {
        code.Line("/// <inheritdoc/>");
        code.Open("public byte[] Dispatch(Call call, ReadOnlySpan<byte> calldata)");
        code.Line("if (calldata.Length < Calldata.SelectorSize) throw Calldata.Unknown(calldata);");
        code.Line("ReadOnlySpan<byte> arguments = calldata[Calldata.SelectorSize..];");
        code.Open("switch (Calldata.SelectorOf(calldata))");
        foreach (Function function in module.Functions)
            code.Line($"case {Hex(function.Selector)}{Gate(function)}: return {Entry(function)}(call, arguments); // {function.Signature}");
        code.Line("default: throw Calldata.Unknown(calldata);");
        code.Close();
        code.Close();
        code.Line();
    }

    private static string Gate(Function function)
    {
        List<string> conditions = [];
        if (function.Since is { } since) conditions.Add($"call.Block.Forks.IsActive({CodeWriter.Literal(since)}, call.Block.Number)");
        if (function.Until is { } until) conditions.Add($"!call.Block.Forks.IsActive({CodeWriter.Literal(until)}, call.Block.Number)");
        return conditions.Count == 0 ? "" : " when " + string.Join(" && ", conditions);
    }

    // The selector and method tell overloads, and a function from its successor after a fork, apart.
    private static string Entry(Function function) =>
        $"Enter{function.Method}_{function.Selector.ToString("x8", CultureInfo.InvariantCulture)}";

    private static void EmitFunction(CodeWriter code, Function function)
    {
        code.Open($"private byte[] {Entry(function)}(Call call, ReadOnlySpan<byte> arguments)");
        if (function.Mutability != Mutability.Payable) code.Line("call.RejectValue();");
        if (function.Gas > 0) code.Line($"call.Meter.Charge({function.Gas.ToString(CultureInfo.InvariantCulture)}UL);");
        if (function.Inputs.Count > 0) EmitInputs(code, function);

        List<string> passed = [.. function.Inputs.Select((_, i) => $"input{i}")];
        if (function.Mutability != Mutability.View) passed.Insert(0, "call");
        else if (function.TakesBlock) passed.Insert(0, "call.Block");
        string invocation = $"{function.Method}({string.Join(", ", passed)})";
        if (function.Outputs.Count == 0)
        {
            code.Line($"{invocation};");
            code.Line("return [];");
        }
        else
        {
            code.Line($"var result = {invocation};");
            code.Line($"AbiWriter writer = new(headWords: {AbiEmitter.HeadWords(function.Outputs)});");
            foreach (Field output in function.Outputs)
                code.Line(AbiEmitter.Write(output.Type, "writer", function.ReturnsTuple ? "result." + output.Name : "result"));
            code.Line("return writer.ToArray();");
        }

        code.Close();
        code.Line();
    }

    private static void EmitInputs(CodeWriter code, Function function)
    {
        for (int i = 0; i < function.Inputs.Count; i++) code.Line($"{function.Inputs[i].Type.CSharp} input{i};");
        code.Open("try");
        code.Line("AbiReader reader = new(arguments);");
        for (int i = 0; i < function.Inputs.Count; i++)
            code.Line($"input{i} = {AbiEmitter.Read(function.Inputs[i].Type, function.Inputs[i].Limit, "reader", AbiEmitter.Bounded)};");
        code.Close();
        code.Open("catch (AbiException malformed)");
        code.Line("throw Calldata.Refuse(malformed);");
        code.Close();
        code.Line();
    }
}
