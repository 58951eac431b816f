// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_PARAMETER_ROW_H
#define M3_TEST_PARAMETER_ROW_H

#include "ns3/m3-parameters.h"

#include <string>

namespace ns3::m3
{

/// The row of a parameter in docs/reference.md.
inline std::string ParameterRow(const Parameter& parameter)
{
    const auto code = [](const std::string& text) { return text.empty() ? "" : "`" + text + "`"; };
    return "| " + code("--" + parameter.option) + " | " + code(parameter.attribute) + " | " +
           code(parameter.hpccKey.name) + " | " + parameter.DefaultText() + " | " + parameter.text + " |";
}

} // namespace ns3::m3

#endif // M3_TEST_PARAMETER_ROW_H
