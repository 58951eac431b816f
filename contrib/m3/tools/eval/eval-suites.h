// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_SUITES_H
#define M3_EVAL_SUITES_H

namespace ns3::m3::eval
{

// The commands of m3-eval, each with its options. All throw InputError for wrong ones; \return exit code

int MainOfDrawn(int argc, char* argv[]);          //!< scenarios drawn from the published ranges
int MainOfSensitivity(int argc, char* argv[]);    //!< those of a list with published errors
int MainOfLarge(int argc, char* argv[]);          //!< the published network of 6,144 hosts
int MainOfCounterfactual(int argc, char* argv[]); //!< curves over a parameter of the congestion control
int MainOfPaths(int argc, char* argv[]);          //!< numbers of sampled paths
int MainOfFlows(int argc, char* argv[]);          //!< completion times of single flows
int MainOfPage(int argc, char* argv[]);           //!< the page of results

} // namespace ns3::m3::eval

#endif // M3_EVAL_SUITES_H
