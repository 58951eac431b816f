// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FAILURE_OPTIONS_H
#define M3_FAILURE_OPTIONS_H

#include "ns3/m3-failures.h"
#include "ns3/m3-program-options.h"

#include <string>
#include <string_view>
#include <vector>

namespace ns3::m3
{

/// Adds the options --failures and --failure.
inline void AddFailureOptions(ProgramOptions& program, std::string& file, std::string& text)
{
    program.Add("failures",
                "file of links and nodes that go down, come up or are degraded: lines 'TIME WHAT NODE [NODE] [VALUE]', "
                "where WHAT is link-down, link-up, node-down, node-up, link-rate or link-loss",
                file,
                "FILE");
    program.AddParsed("failure",
                      "the same as a text, as in '100us link-down 3 9; 2ms link-up 3 9'; a number alone is in us; may "
                      "be given several times",
                      "TEXT",
                      "",
                      [&text](std::string_view /*option*/, std::string_view more)
                      { text += (text.empty() ? "" : ";") + std::string(more); });
}

/// Returns the failures of both options. \throws InputError as ReadFailures and ParseFailures
inline std::vector<Failure> FailuresOf(const std::string& file, const std::string& text)
{
    std::vector<Failure> failures = file.empty() ? std::vector<Failure>() : ReadFailures(file);
    for (const Failure& failure : ParseFailures("--failure", text))
    {
        failures.push_back(failure);
    }
    return failures;
}

} // namespace ns3::m3

#endif // M3_FAILURE_OPTIONS_H
