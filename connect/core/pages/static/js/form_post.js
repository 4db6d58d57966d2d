// Sends the answer to the app; without this file the button does.
document.getElementById("answer").submit();
