// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LEARNING_LIBRARY_H
#define M3_LEARNING_LIBRARY_H

#include <string>

namespace ns3::m3
{

/// Loads the library m3-learning, which lies beside libm3; at once if it is there. \throws InputError if it cannot be
void* LearningLibrary();

/**
 * Looks a function up in the library.
 * \param checkpoint that the function will read; checked first
 * \throws InputError if the checkpoint cannot be read, the library is not there or has no such function
 */
void* LearningFunction(const std::string& checkpoint, const char* function);

/// Folder of the checkpoints that the module ships.
std::string ShippedModelFolder();

} // namespace ns3::m3

#endif // M3_LEARNING_LIBRARY_H
