// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-parameter-options.h"

#include "ns3/m3-control-description.h"
#include "ns3/m3-program-options.h"

#include <algorithm>
#include <string>

namespace ns3::m3
{

namespace
{

/// Adds the option of a parameter whose values are of a type.
template <typename Value>
void AddOption(ProgramOptions& program, const Parameter& parameter, RdmaConfig& config, const OptionKind<Value>& kind)
{
    const auto read = [&parameter, &config, kind](std::string_view option, std::string_view text)
    {
        if (parameter.canBeUnset && (text == ProgramOptions::DEFAULT_WORD || text == "-1"))
        {
            parameter.set(config, std::nullopt);
        }
        else
        {
            parameter.set(config, parameter.ValueOf(kind.read(option, text)));
        }
    };
    const bool isSet = parameter.get(config).has_value();
    program.AddParsed(parameter.option,
                      parameter.text + (isSet ? "" : " (default: " + parameter.DefaultText() + ")"),
                      kind.placeholder,
                      isSet ? kind.show(static_cast<Value>(parameter.Number(config))) : "",
                      read);
}

/// Adds the option of a parameter.
void AddOption(ProgramOptions& program, const Parameter* parameter, RdmaConfig& config)
{
    switch (parameter->kind)
    {
    case ParameterKind::FLAG:
        AddOption(program, *parameter, config, OptionKind<bool>{"", ParseFlag, [](bool on) {
                                                                    return on ? "on" : "off";
                                                                }});
        break;
    case ParameterKind::COUNT:
        AddOption(program, *parameter, config, CountOption(0, UINT32_MAX));
        break;
    case ParameterKind::REAL:
        AddOption(program, *parameter, config, RealOption());
        break;
    case ParameterKind::BYTES:
        AddOption(program, *parameter, config, BytesOption());
        break;
    case ParameterKind::RATE:
        AddOption(program, *parameter, config, RateOption("Mbps"));
        break;
    case ParameterKind::TIME:
        AddOption(program, *parameter, config, TimeOption("us"));
        break;
    case ParameterKind::CLASSES:
        AddOption(program, *parameter, config, OptionKind<uint64_t>{"CLASSES", ParseClassSet, [](uint64_t classes) {
                                                                        return ClassSetText(
                                                                            static_cast<ClassSet>(classes));
                                                                    }});
        break;
    case ParameterKind::CHOICE:
        AddOption(program,
                  *parameter,
                  config,
                  OptionKind<uint64_t>{"NAME",
                                       [parameter](auto, auto text) { return parameter->ChoiceOf(text); },
                                       [parameter](uint64_t value) { return parameter->NameOf(value); }});
        break;
    case ParameterKind::WEIGHTS:
        AddOption(program,
                  *parameter,
                  config,
                  OptionKind<uint64_t>{"CLASS:WEIGHT,...",
                                       [](auto name, auto text) { return ParseClassWeights(name, text).Packed(); },
                                       [](uint64_t packed) { return ClassWeightsText(ClassWeights(packed)); }});
        break;
    }
}

} // namespace

void AddParameterOptions(ProgramOptions& program, RdmaConfig& config)
{
    std::string trained;
    std::string others;
    for (const ControlDescription& control : CongestionControls())
    {
        std::string& names = control.isTrained ? trained : others;
        names += (names.empty() ? "" : ", ") + control.name;
    }
    program.AddParsed("cc",
                      trained + "; packet-level engines also " + others,
                      "NAME",
                      CongestionControlName(config.congestionControl),
                      [&config](auto, auto text)
                      { config.congestionControl = ParseCongestionControl(std::string(text)); });
    for (const Parameter* parameter : AllParameters())
    {
        AddOption(program, parameter, config);
    }
}

void AddStrategyOptions(ProgramOptions& program, RdmaConfig& config)
{
    for (const Parameter* parameter : AllParameters())
    {
        if (parameter->seenBy == SeenBy::OWN_TRAIT)
        {
            AddOption(program, parameter, config);
        }
    }
}

void CopyStrategies(const RdmaConfig& from, RdmaConfig& to)
{
    for (const Parameter* parameter : AllParameters())
    {
        if (parameter->seenBy == SeenBy::OWN_TRAIT)
        {
            parameter->set(to, parameter->get(from));
        }
    }
}

} // namespace ns3::m3
